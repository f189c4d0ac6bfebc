internal import LinuxSystem
internal import SystemPackage

/// The content of a container's configuration, as bytes, since no encoding is certain.
public protocol ConfigurationText: Hashable, Sendable {
    /// The whole file.
    var bytes: [UInt8] { get }
}

/// A container with a configuration file of its engine, whether it runs or not.
public protocol ConfiguredContainer: Sendable {
    /// The content of the file.
    associatedtype Text: ConfigurationText

    /// The engine's name in references.
    static var engine: String { get }
    /// Finds the container with a name. The error is `noSuchContainer` when it has no configuration.
    init(_ name: String) throws(ContainerError)
    /// Returns all containers with a configuration.
    static func all() throws(ContainerError) -> [Self]

    /// The full reference.
    var reference: ContainerReference { get }
    /// The path of the file, which may be a symbolic link.
    var path: String { get }
    /// Reads the file.
    func text() throws(ContainerError) -> Text
    /// Takes the lock under which the engine's own tools change the file, and returns an object that holds it as long as it
    /// lives. Waits until a deadline, when the error is `busy`, or until `whileWaiting` throws.
    func lock(until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws -> AnyObject
}

/// Returns the bytes of a configuration. The error is EFBIG for a file of more than 64 MiB, which is something else.
func readConfiguration(_ path: FilePath) throws(SystemError) -> [UInt8] {
    guard try FileStatus.of(path).size <= 64 << 20 else { throw SystemError(.fileTooLarge, "read", path.string) }
    return try readBytes(path)
}

extension ContainerError {
    /// An error of a call on an engine's file.
    init(_ engine: String, _ error: SystemError) {
        switch error.code {
        case .permissionDenied, .notPermitted: self.init(.notPermitted, "\(engine): \(error)")
        default: self.init(.engine, "\(engine): \(error)")
        }
    }
}
