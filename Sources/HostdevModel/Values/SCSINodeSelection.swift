/// A kind of device node that a SCSI unit has, by the name that devfs gave it.
public enum SCSINodeKind: String, Hashable, Sendable, CaseIterable {
    /// SCSI generic: `/dev/sg3`.
    case generic
    /// Block SCSI generic: `/dev/bsg/2:0:0:3`.
    case bsg
    /// A disk: `/dev/sdb`.
    case disc
    /// An optical drive: `/dev/sr0`.
    case cd
    /// A tape: `/dev/st0` and its siblings.
    case mt
    /// A medium changer: `/dev/sch0`.
    case changer
}

/// Which of a SCSI unit's nodes a container gets: at least one kind.
public struct SCSINodeSelection: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// A bit for each kind, in the order of `SCSINodeKind`.
    private let bits: UInt8

    /// A selection of one or more kinds.
    public init(_ first: SCSINodeKind, _ others: SCSINodeKind...) {
        bits = others.reduce(first.bit) { $0 | $1.bit }
    }

    /// A selection from text: `all`, or kinds, each at most once, with spaces between them.
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

    /// The sg node alone: the default.
    public static let generic = SCSINodeSelection(.generic)
    /// Every node that the unit has.
    public static let all = SCSINodeSelection(bits: SCSINodeKind.allCases.reduce(0) { $0 | $1.bit })

    /// The kinds of nodes.
    public var kinds: Set<SCSINodeKind> { Set(SCSINodeKind.allCases.filter(contains)) }

    /// Whether the container gets the nodes of a kind.
    public func contains(_ kind: SCSINodeKind) -> Bool { bits & kind.bit != 0 }

    /// `all`, or the kinds in the order of `SCSINodeKind` with spaces between them.
    public var description: String {
        self == .all ? "all" : SCSINodeKind.allCases.filter(contains).map(\.rawValue).joined(separator: " ")
    }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a choice of nodes",
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
