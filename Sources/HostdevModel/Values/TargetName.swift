/// What an interface is called inside the container.
public enum TargetName: Hashable, Sendable, CustomStringConvertible {
    /// As on the host.
    case sameAsHost
    /// By a name of its own.
    case name(InterfaceName)
    /// By the first free name of a pattern.
    case pattern(InterfaceNamePattern)

    /// A name, or a pattern if there is a `%` in it.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        if text.utf8.contains(UInt8(ascii: "%")) {
            self = .pattern(try InterfaceNamePattern(text))
        } else {
            self = .name(try InterfaceName(text))
        }
    }

    /// The name or the pattern; empty when the host's name stays.
    public var description: String {
        switch self {
        case .sameAsHost: ""
        case .name(let name): name.description
        case .pattern(let pattern): pattern.description
        }
    }
}

extension TargetName: TextValue {}
