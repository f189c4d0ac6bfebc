internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// LXC's lock of a container on disk: one of fcntl(2) on `/run/lxc/lock/PATH/.NAME`, that its library holds while it saves
/// the configuration (lxclock.c, the same since LXC 1.0). Its file stays. Editors know nothing of it.
final class LXCLock {
    private let file: Descriptor

    /// Waits for the lock until a deadline, or until `whileWaiting` throws.
    init(_ place: LXCPlace, until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws {
        let folder = FilePath("/run/lxc/lock\(place.path)")
        try makeDirectories(folder)
        let path = folder.appending(".\(place.name)")
        file = try Descriptor.open(
            path, .readWrite, options: [.create, .noFollow], permissions: [.ownerReadWrite])
        while try !file.tryOpenFileLock(named: path) {
            try whileWaiting()
            guard ContinuousClock.now < deadline else {
                throw ContainerError(
                    .busy, "container lxc:\(place.reference) is being worked on: somebody holds \(path)")
            }
            usleep(10_000)
        }
        stopPoint()
    }
}
