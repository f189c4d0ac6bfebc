/// Which of a SCSI unit's nodes a container gets: at least one kind.
public struct NodeSelection: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The kinds of nodes.
    public let kinds: Set<SCSINodeKind>

    /// A selection of one or more kinds.
    public init(_ first: SCSINodeKind, _ others: SCSINodeKind...) {
        kinds = Set(others).union([first])
    }

    /// A selection from text: `all`, or kinds with white space between them.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        if text == "all" {
            self = .all
            return
        }
        let words = text.split(separator: " ")
        let kinds = Set(words.compactMap { SCSINodeKind(rawValue: String($0)) })
        guard !words.isEmpty, kinds.count == words.count else {
            throw InvalidValue(
                text, isNot: "a choice of nodes",
                allowed: "is 'all', or each at most once "
                    + SCSINodeKind.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.kinds = kinds
    }

    private init(kinds: Set<SCSINodeKind>) {
        self.kinds = kinds
    }

    /// The sg node alone: the default.
    public static let generic = NodeSelection(.generic)
    /// Every node that the unit has.
    public static let all = NodeSelection(kinds: Set(SCSINodeKind.allCases))

    /// Whether the container gets the nodes of a kind.
    public func contains(_ kind: SCSINodeKind) -> Bool { kinds.contains(kind) }

    /// `all`, or the kinds in the order of `SCSINodeKind` with spaces between them.
    public var description: String {
        if self == .all { return "all" }
        return SCSINodeKind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: " ")
    }
}
