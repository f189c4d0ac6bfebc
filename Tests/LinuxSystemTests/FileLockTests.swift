import Glibc
import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

@Suite struct FileLockTests {
    private static func path() throws -> FilePath {
        FilePath(try sh("mktemp -u /tmp/hostdev-lock.XXXXXX").split(separator: "\n")[0].description)
    }

    @Test func oneHoldsItAtATime() throws {
        let path = try Self.path()
        do {
            let lock = try FileLock(path, until: .now)
            let error = #expect(throws: SystemError.self) { _ = try FileLock(path, until: .now) }
            #expect(error?.code == .resourceTemporarilyUnavailable)
            _ = consume lock
        }
        _ = try FileLock(path, until: .now)
        #expect(throws: SystemError.self) { try FileStatus.of(path) }
    }

    /// Those who wait for a lock whose file the holder removes begin again with the file of the next holder.
    @Test func isExclusiveAmongManyThreads() async throws {
        let path = try Self.path()
        final class Counter: @unchecked Sendable { var value = 0 }
        let counter = Counter()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for _ in 0..<50 {
                        let lock = try FileLock(path, until: .now.advanced(by: .seconds(20)))
                        let value = counter.value
                        usleep(100)
                        counter.value = value + 1
                        _ = consume lock
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(counter.value == 200)
    }
}
