/// A kind of device node of a SCSI unit. The names are those of devfs, as in the first proposal.
public enum SCSINodeKind: String, Hashable, Sendable, CaseIterable {
    /// The SCSI generic node, for example `/dev/sg3`.
    case generic
    /// The block SCSI generic node, for example `/dev/bsg/2:0:0:3`.
    case bsg
    /// The block device of a disk, for example `/dev/sdb`.
    case disc
    /// The block device of an optical drive, for example `/dev/sr0`.
    case cd
    /// The nodes of a tape drive: `/dev/st0`, `/dev/nst0` and those of its modes.
    case mt
    /// The node of a medium changer, for example `/dev/sch0`.
    case changer
}

/// The kinds of device nodes of a SCSI unit that a container gets. There is at least one.
public struct SCSINodeSelection: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// One bit for each kind, in the order of ``SCSINodeKind``.
    private let bits: UInt8

    /// Creates a selection of one or more kinds.
    public init(_ first: SCSINodeKind, _ others: SCSINodeKind...) {
        bits = others.reduce(first.bit) { $0 | $1.bit }
    }

    /// Parses `all`, or kinds with spaces between them, each at most once.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        if text == "all" {
            self = .all
            return
        }
        var bits: UInt8 = 0
        for word in text.split(separator: " ") {
            guard let kind = SCSINodeKind(rawValue: String(word)), bits & kind.bit == 0 else {
                throw Self.invalid(text)
            }
            bits |= kind.bit
        }
        guard bits != 0 else { throw Self.invalid(text) }
        self.bits = bits
    }

    private init(bits: UInt8) {
        self.bits = bits
    }

    /// Only the SCSI generic node. This is the default.
    public static let generic = SCSINodeSelection(.generic)
    /// All nodes of the unit.
    public static let all = SCSINodeSelection(bits: SCSINodeKind.allCases.reduce(0) { $0 | $1.bit })

    /// The selected kinds.
    public var kinds: Set<SCSINodeKind> { Set(SCSINodeKind.allCases.filter(contains)) }

    /// Returns whether a kind is selected.
    public func contains(_ kind: SCSINodeKind) -> Bool { bits & kind.bit != 0 }

    /// `all`, or the kinds in the order of ``SCSINodeKind`` with spaces between them.
    public var description: String {
        self == .all ? "all" : SCSINodeKind.allCases.filter(contains).map(\.rawValue).joined(separator: " ")
    }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a selection of nodes",
            expected: "'all', or each at most once "
                + SCSINodeKind.allCases.map(\.rawValue).joined(separator: ", "))
    }
}

extension SCSINodeKind {
    fileprivate var bit: UInt8 {
        switch self {
        case .generic: 1
        case .bsg: 2
        case .disc: 4
        case .cd: 8
        case .mt: 16
        case .changer: 32
        }
    }
}
