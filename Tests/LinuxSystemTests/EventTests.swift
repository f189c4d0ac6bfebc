import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

@Suite struct EventTests {
    /// Only a file that is closed under its own name counts as left behind.
    @Test func foldersTellInOrder() throws {
        let folder = FilePath(try sh("mktemp -d").split(separator: "\n")[0].description)
        defer { _ = try? sh("rm -r \(folder)") }
        var events = try DirectoryWatch()
        try events.add(folder, [.movedHere, .removed, .closed])
        #expect(try awaitEvents([AwaitedEvent(events.file)], until: .now).isEmpty)
        try replaceFile(folder.appending("a"), with: [], permissions: [.ownerReadWrite])
        do { _ = try FileLock(folder.appending("lock"), until: .now) }
        try sh("true > \(folder)/b; rm \(folder)/b")
        #expect(try awaitEvents([AwaitedEvent(events.file)]) == [0])
        let seen = try events.read()
        #expect(
            seen == [
                .entry("a", directory: 0, .movedHere), .entry("a", directory: 0, DirectoryWatch.Kinds(rawValue: 8)),
                .entry("lock", directory: 0, .removed), .entry("b", directory: 0, DirectoryWatch.Kinds(rawValue: 8)),
                .entry("b", directory: 0, .removed),
            ])
        #expect(try events.read().isEmpty)
    }

    @Test func aProcessIsThereToReadWhenItHasEnded() throws {
        let program = try RunningCommand(["sleep", "infinity"])
        let process = try ProcessDescriptor(program.id)
        #expect(try awaitEvents([AwaitedEvent(process.file)], until: .now).isEmpty)
        program.end()
        #expect(try awaitEvents([AwaitedEvent(process.file)]) == [0])
    }

    @Test func mountsTellOfChanges() throws {
        try onThrowawayHost {
            let mounts = try Descriptor.open("/proc/thread-self/mountinfo")
            let change = [AwaitedEvent(mounts.file, .change)]
            #expect(try awaitEvents(change, until: .now).isEmpty)
            try Mount.fileSystem("tmpfs", on: "/run")
            #expect(try awaitEvents(change) == [0])
            #expect(try awaitEvents(change, until: .now).isEmpty, "each is told of once")
        }
    }

    @Test func whoAsksForALockLeavesItFree() throws {
        let path = FilePath("/tmp/hostdev-test-lock-\(UInt64.random(in: .min ... .max))")
        #expect(try !FileLock.isHeld(path))
        let lock = try FileLock(path, until: .now)
        #expect(try FileLock.isHeld(path))
        #expect(try FileLock.isHeld(path), "however often")
        _ = consume lock
        #expect(try !FileLock.isHeld(path))
    }
}
