internal import LinuxSystem
internal import SystemPackage

/// The text of a container's configuration, as bytes: nobody promises an encoding.
public protocol ConfigurationText: Hashable, Sendable {
    /// The whole file.
    var bytes: [UInt8] { get }
}

/// A container of which its engine keeps a configuration, whether it runs or not.
public protocol ConfiguredContainer: Sendable {
    /// What its configuration is read as.
    associatedtype Text: ConfigurationText

    /// How references call the engine.
    static var engine: String { get }
    /// Finds one by the name that references have for it.
    init(_ name: String) throws(ContainerError)
    /// All that have a configuration.
    static func all() throws(ContainerError) -> [Self]

    /// Its full reference.
    var reference: ContainerReference { get }
    /// The file, which may be a symbolic link.
    var path: String { get }
    /// What the file says now.
    func text() throws(ContainerError) -> Text
    /// Takes the lock under which the engine's own tools change the file. Whoever has it is waited for until a deadline, or
    /// until `whileWaiting` throws; then it is `busy`. The lock is held as long as what is returned lives.
    func lock(until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws -> AnyObject
}

/// A configuration's bytes. It has a few KiB: what is larger than 64 MiB is something else.
func readConfiguration(_ path: FilePath) throws(SystemError) -> [UInt8] {
    guard try FileStatus.of(path).size <= 64 << 20 else { throw SystemError(.fileTooLarge, "read", path.string) }
    return try readBytes(path)
}

extension ContainerError {
    /// What the kernel said about a file of an engine's.
    init(_ engine: String, _ error: SystemError) {
        switch error.code {
        case .permissionDenied, .notPermitted: self.init(.notPermitted, "\(engine): \(error)")
        default: self.init(.engine, "\(engine): \(error)")
        }
    }
}
