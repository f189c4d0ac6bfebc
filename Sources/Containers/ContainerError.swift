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
        /// A privilege is missing.
        case notPermitted
        /// The kernel reported another error.
        case kernel
        /// The engine's state cannot be read, or its daemon does not answer.
        case engine
        /// Another process was working on the container until the timeout.
        case busy
    }

    /// The kind of failure.
    public let code: Code
    /// What was looked for and why it failed, for people.
    public let description: String
    /// With `noSuchContainer`, whether the engine has a container of the name which does not run. The name refers to that
    /// container then, and to nothing else with the same name.
    public private(set) var isKnown = false

    /// An error of a kind.
    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// The same error for a container that the engine has.
    var ofKnown: ContainerError {
        var copy = self
        copy.isKnown = code == .noSuchContainer
        return copy
    }
}
