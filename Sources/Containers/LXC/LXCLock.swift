internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// LXC's lock of a container on disk: an fcntl(2) lock on `/run/lxc/lock/PATH/.NAME`, which its library holds while it saves
/// the configuration (lxclock.c, the same since LXC 1.0). The file stays. Text editors do not take it.
final class LXCLock {
    private let file: Descriptor

    /// Waits for the lock until a deadline, or until `whileWaiting` throws.
    init(_ place: LXCPlace, until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws {
        let directory = FilePath("/run/lxc/lock\(place.path)")
        try makeDirectories(directory)
        let path = directory.appending(".\(place.name)")
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
