/// An attribute of an element.
public struct XMLAttribute: Hashable, Sendable {
    /// The name as it is written, prefix and all.
    public var name: String
    /// The value, with references resolved and white space made spaces, as XML 1.0 asks.
    public var value: String

    /// An attribute built in code.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Whether the attribute belongs to somebody else's vocabulary.
    public var isForeign: Bool { name.utf8.contains(UInt8(ascii: ":")) }
}
