import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

/// A folder that goes with this value.
final class TemporaryFolder: Sendable {
    let path: FilePath

    private static let count = Atomic(0)

    init() throws {
        path = FilePath("/tmp/hostdev-test-\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)")
        try makeDirectories(path)
    }

    deinit { Self.remove(path) }

    private static func remove(_ path: FilePath) {
        for name in (try? directoryEntries(path)) ?? [] {
            let entry = path.appending(name)
            if (try? FileStatus.of(entry, followingLinks: false))?.kind == .directory {
                remove(entry)
            } else {
                try? removeFile(entry)
            }
        }
        _ = unsafe path.withPlatformString { unsafe rmdir($0) }
    }
}
