internal import ByteStrings
internal import LinuxSystem

/// The name of a container in a command or a record: `ENGINE:NAME`, or a bare name, which any engine may have.
public struct ContainerReference: Hashable, Sendable, CustomStringConvertible {
    /// The engine, `pid` or `netns`. Nil for a bare name.
    public let engine: String?
    /// The engine's name for it.
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

    /// Returns whether the bytes of both are equal.
    public static func == (one: ContainerReference, other: ContainerReference) -> Bool {
        ByteString(one.description) == ByteString(other.description)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(description))
    }
}
