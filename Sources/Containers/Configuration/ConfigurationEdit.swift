internal import LinuxSystem
internal import SystemPackage

/// A change of a container's configuration: it is locked, read, changed and written.
///
/// The file is read after the lock is taken, so that the edit of the previous holder is not lost. The lock is held as long as
/// this value lives.
public final class ConfigurationEdit<Container: ConfiguredContainer> {
    /// The content to write.
    public var text: Container.Text
    private let original: Container.Text
    private let container: Container
    private let lock: AnyObject
    private var file: PreparedFile?

    /// Waits for the lock until a deadline, or until `whileWaiting` throws.
    public init(
        _ container: Container, until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void
    ) throws {
        self.container = container
        lock = try container.lock(until: deadline, whileWaiting: whileWaiting)
        original = try container.text()
        text = original
    }

    /// Writes the content beside the file. Errors for want of room or permission come from here.
    public func prepare() throws(ContainerError) {
        guard text != original else { return }
        do throws(SystemError) {
            file = try PreparedFile(replacing: FilePath(container.path), with: text.bytes)
        } catch {
            throw ContainerError(Container.engine, error)
        }
    }

    /// Replaces the file.
    public func commit() throws(ContainerError) {
        do throws(SystemError) {
            try file?.putInPlace()
        } catch {
            throw ContainerError(Container.engine, error)
        }
    }
}
