import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestHost

/// A folder that goes with this value.
final class TemporaryFolder: Sendable {
    let path: FilePath

    private static let count = Atomic(0)

    init() throws {
        path = FilePath("/tmp/hostdev-test-\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)")
        try makeDirectories(path)
    }

    deinit { _ = try? sh("rm -r '\(path)'") }
}
