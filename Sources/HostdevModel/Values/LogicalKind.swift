/// A kind of logical device that a physical device presents, by its subsystem in the kernel.
public enum LogicalKind: String, Hashable, Sendable, CaseIterable {
    /// The USB device itself: the node through which programs control all of it.
    case usb
    /// A serial line or a modem.
    case tty
    /// Keys, pointers, joysticks: `event`, `mouse` and `js` nodes.
    case input
    /// The raw reports of a human interface device.
    case hidraw
    /// A sound card.
    case sound
    /// A camera, a tuner: video4linux, media, dvb.
    case video
    /// A printer.
    case printer
    /// A disk with its partitions.
    case storage
    /// The nodes of a SCSI unit other than its disk: sg, bsg, st, ch.
    case scsi
    /// The character devices of an NVMe controller and its namespaces.
    case nvme
    /// A graphics card with its outputs: `card` nodes.
    case gpu
    /// The computing part of a graphics card: `renderD` nodes.
    case render
    /// A frame buffer.
    case fb
    /// A port of a virtual serial device.
    case serial
    /// A host channel adapter.
    case rdma
    /// A network interface.
    case net
    /// A radio with its network interfaces.
    case wifi
    /// The clock of a network card.
    case ptp
    /// The nodes of a memory card other than its disk.
    case mmc
    /// A device that the vfio driver has.
    case vfio
    /// Anything else.
    case other
}

/// The kinds of logical devices of a physical device that a container gets.
public enum LogicalKinds: Hashable, Sendable {
    /// All of them. The screen of the host is left out.
    case all
    /// Those of these kinds.
    case only(Set<LogicalKind>)
    /// All but those of these kinds.
    case except(Set<LogicalKind>)

    /// Returns whether a kind is among them.
    public func contains(_ kind: LogicalKind) -> Bool {
        switch self {
        case .all: true
        case .only(let kinds): kinds.contains(kind)
        case .except(let kinds): !kinds.contains(kind)
        }
    }
}

/// A list of kinds, as in `only=` and `except=`.
struct LogicalKindList: TextValue {
    let kinds: Set<LogicalKind>

    /// Parses one or more kinds with spaces between them, each at most once.
    init(_ text: some StringProtocol) throws(InvalidValue) {
        self.kinds = try Set(kinds: text, separator: " ")
    }
}

extension Set<LogicalKind> {
    /// Parses one or more kinds with a separator between them, each at most once.
    ///
    /// - Throws: ``InvalidValue`` for a kind that is not known or is repeated, and for an empty list.
    public init(kinds text: some StringProtocol, separator: Character) throws(InvalidValue) {
        let words = String(text).split(separator: separator).map(String.init)
        let kinds = words.compactMap(LogicalKind.init(rawValue:))
        guard !kinds.isEmpty, kinds.count == words.count, Set(kinds).count == kinds.count else {
            throw InvalidValue(
                text, isNot: "a list of kinds of devices",
                expected: "each at most once " + LogicalKind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self = Set(kinds)
    }

    /// The kinds in the order of ``LogicalKind`` with spaces between them.
    var text: String { LogicalKind.allCases.filter(contains).map(\.rawValue).joined(separator: " ") }
}
