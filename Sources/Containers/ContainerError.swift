/// Why a container was not found, or could not be pinned.
public struct ContainerError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure.
    public enum Code: Hashable, Sendable {
        /// The text is no reference.
        case invalidReference
        /// There is no such container, or it has ended.
        case noSuchContainer
        /// Several containers have that name.
        case ambiguous
        /// The kernel refused; the privilege for it is missing.
        case notPermitted
        /// The kernel refused for another reason.
        case kernel
        /// The engine's state cannot be read, or its daemon does not answer.
        case engine
        /// Somebody else is working on the container, and did so until the time was over.
        case busy
    }

    /// The kind of failure.
    public let code: Code
    /// What was looked for and what was found, for people.
    public let description: String
    /// Of `noSuchContainer`: whether the engine has something of the name, which does not run or is not what it was. Such a
    /// name means that, and nothing else that has it too.
    public private(set) var isKnown = false

    /// An error of a kind.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The same error, about something that the engine has.
    var ofKnown: ContainerError {
        var copy = self
        copy.isKnown = code == .noSuchContainer
        return copy
    }
}
