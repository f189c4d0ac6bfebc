/// Why bytes are not a document, or why a value cannot stand in one.
public struct XMLError: Error, Hashable, CustomStringConvertible {
    /// Where in the document; nil for an element that was built in code.
    public let position: XMLPosition?
    /// What is wrong, and what is allowed.
    public let message: String

    /// The place, where there is one, and the message.
    public var description: String {
        guard let position else { return message }
        return "\(position): \(message)"
    }
}
