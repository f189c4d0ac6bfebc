internal import LinuxSystem
internal import SystemPackage

/// A change of a container's configuration: locked, read, changed, written.
///
/// The file is read after the lock is taken, else the edit of who had it before would be lost. The lock is held as long
/// as this lives.
public final class ConfigurationEdit<Container: ConfiguredContainer> {
    /// What the file is to say.
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

    /// Writes it beside the file: all that may fail for want of room or rights does so here.
    public func prepare() throws(ContainerError) {
        guard text != original else { return }
        do throws(SystemError) {
            file = try PreparedFile(replacing: FilePath(container.path), with: text.bytes)
        } catch {
            throw ContainerError(Container.engine, error)
        }
    }

    /// Puts it in the file's place.
    public func commit() throws(ContainerError) {
        do throws(SystemError) {
            try file?.putInPlace()
        } catch {
            throw ContainerError(Container.engine, error)
        }
    }
}
