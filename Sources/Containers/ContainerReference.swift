internal import ByteStrings
internal import LinuxSystem

/// The name under which a person or a record calls a container: `ENGINE:NAME`, or a bare name that any engine may know.
public struct ContainerReference: Hashable, Sendable, CustomStringConvertible {
    /// The engine, `pid` or `netns`. Nil in a bare name.
    public let engine: String?
    /// What the engine calls it.
    public let name: String

    /// A full reference.
    public init(engine: String, name: String) {
        self.engine = engine
        self.name = name
    }

    /// Reads `ENGINE:NAME` or `NAME`. A text with a slash before its first colon is a bare name.
    public init(_ text: String) throws(ContainerError) {
        if let (before, behind) = text.halves(at: ":"), !before.utf8.contains(UInt8(ascii: "/")) {
            engine = String(before)
            name = String(behind)
        } else {
            engine = nil
            name = text
        }
        guard !name.isEmpty, engine?.isEmpty != true else {
            throw ContainerError(.invalidReference, "'\(text)' names no container: write ENGINE:NAME, such as pid:4242")
        }
    }

    /// `pid:4242`.
    public var description: String { engine.map { "\($0):\(name)" } ?? name }

    /// Whether the bytes of both are the same.
    public static func == (one: ContainerReference, other: ContainerReference) -> Bool {
        ByteString(one.description) == ByteString(other.description)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(description))
    }
}
