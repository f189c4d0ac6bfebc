/// An element to be written.
public struct XMLNode: Hashable, Sendable {
    /// The name, prefix and all.
    public var name: String
    /// The attributes, in the order in which they are written.
    public var attributes: [XMLAttribute]
    /// The text inside, before any elements.
    public var text: String
    /// The elements inside.
    public var children: [XMLNode]

    /// An element.
    public init(_ name: String, _ attributes: [XMLAttribute] = [], text: String = "", children: [XMLNode] = []) {
        self.name = name
        self.attributes = attributes
        self.text = text
        self.children = children
    }
}
