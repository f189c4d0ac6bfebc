internal import LinuxSystem
internal import SystemPackage

/// A change of a container's conf: locked, read, changed, written.
///
/// The conf is read after the lock is taken, else the edit of who had it before would be lost. The lock is held as long
/// as this lives.
public final class OpenVZEdit {
    /// What the conf is to say.
    public var conf: OpenVZConf
    private let original: OpenVZConf
    private let container: OpenVZContainer
    private let lock: OpenVZLock
    private var file: PreparedFile?

    /// Waits for vzctl's lock until a deadline, or until `whileWaiting` throws.
    public init(
        _ container: OpenVZContainer, until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void
    ) throws {
        self.container = container
        lock = try OpenVZLock(
            container.id, in: container.host.lockFolder, files: try container.lockedFiles(), until: deadline,
            whileWaiting: whileWaiting)
        original = try container.conf()
        conf = original
    }

    /// Writes it beside the conf: all that may fail for want of room or rights does so here.
    public func prepare() throws(ContainerError) {
        guard conf != original else { return }
        do throws(SystemError) {
            file = try PreparedFile(replacing: container.confPath, with: conf.bytes)
        } catch {
            throw ContainerError(openVZ: error)
        }
    }

    /// Puts it in the conf's place.
    public func commit() throws(ContainerError) {
        do throws(SystemError) {
            try file?.putInPlace()
        } catch {
            throw ContainerError(openVZ: error)
        }
    }
}

extension OpenVZContainer {
    /// The private area, where the container's files are.
    func privateArea() throws(ContainerError) -> FilePath? {
        if let path = try conf().value("VE_PRIVATE"), path.hasPrefix("/") { return FilePath(path) }
        return host.path("VE_PRIVATE", id: id)
    }

    /// The files that OpenVZ 7 locks beside vzctl's own lock, in its order.
    fileprivate func lockedFiles() throws(ContainerError) -> [FilePath] {
        guard host.mode == .seven else { return [] }
        let folders = [try privateArea().map { ($0, ".lck") }, ("/var/vz", "\(id).conf.lck")].compactMap(\.self)
        return folders.filter { (try? FileStatus.of($0.0)) != nil }.map { $0.0.appending($0.1) }
    }
}
