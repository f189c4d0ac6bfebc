import ByteStrings
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Nodes that are mounted: in containers in whose file systems none can be made.
struct MountedNodeTests {
    // Nodes that every host has.
    private static let null = DeviceNumber(.character, 1, 3)
    private static let full = DeviceNumber(.character, 1, 7)

    private func entries(_ container: TestContainer, rootID: UInt32) throws -> ContainerNodes {
        let mounts = ContainerMounts(
            try Namespace(.mount, path: FilePath("/proc/\(container.id)/ns/mnt")), rootUser: rootID, rootGroup: rootID)
        return ContainerNodes(id: "test", mounts: mounts)
    }

    private func root(_ container: TestContainer) throws -> RootDirectory {
        try RootDirectory(FilePath("/proc/\(container.id)/root"))
    }

    /// User 1 and group 2 of a container whose ids begin at 100,000.
    private let plan = EntryPlan(
        "/dev/bsg/sg3", .node(null), ownership: Ownership(user: 100_001, group: 100_002, mode: 0o620),
        technique: .mounted)

    @Test func aNodeWorksInAUserNamespace() throws {
        let container = try TestContainer(TestContainer.Options(userNamespace: true))
        defer { container.end() }
        let entries = try entries(container, rootID: 100_000)
        let link = EntryPlan("/dev/scsi/generic", .link(to: "../bsg/sg3"))
        #expect(try entries.inspect(plan, in: root(container)) == .free)
        var made: [MadeEntry] = []
        for plan in [plan, link] { try entries.create(plan, in: root(container)) { made.append($0) } }

        #expect(try container.sh("stat -c '%F %t:%T %a %u:%g' /dev/bsg/sg3") == "character special file 1:3 620 1:2\n")
        #expect(try container.sh("stat -c '%a %u:%g' /dev/bsg /dev/scsi") == "755 0:0\n755 0:0\n")
        try container.sh("echo gone > /dev/scsi/generic; head -c 0 /dev/bsg/sg3")
        #expect(try entries.inspect(plan, in: root(container)) == .same)
        #expect(try entries.state(of: made[2], in: root(container)) == .inPlace)

        for plan in [link, plan] { #expect(try entries.remove(plan, made: made, in: root(container)) == []) }
        #expect(try container.sh("ls -A /dev") == "null\n")
        #expect(try container.sh("grep -c sg3 /proc/mounts || true") == "0\n")
    }

    @Test func theContainerCannotReachTheHostThroughIt() throws {
        let container = try TestContainer(TestContainer.Options(userNamespace: true))
        defer { container.end() }
        let mounts = try readText("/proc/thread-self/mountinfo")
        let before = try FileStatus.of("/dev/null")
        try entries(container, rootID: 100_000).create(plan, in: root(container)) { _ in }
        #expect(try readText("/proc/thread-self/mountinfo") == mounts)
        // A mount busies the name, and the node is no file of the container's.
        #expect(try container.run(["rm", "/dev/bsg/sg3"]).status != 0)
        #expect(try container.run(["mknod", "/dev/bsg/other", "c", "1", "3"]).status != 0)
        try container.sh("chmod 777 /dev/bsg/sg3 || true")
        #expect(try FileStatus.of("/dev/null") == before)
    }

    struct Killed: Error {}

    @Test(arguments: 1...3)  // the directory, the empty file, the node
    func undoRemovesWhatAKillLeft(records: Int) throws {
        let container = try TestContainer(TestContainer.Options(userNamespace: true))
        defer { container.end() }
        var made: [MadeEntry] = []
        #expect(throws: Killed.self) {
            try entries(container, rootID: 100_000).create(plan, in: root(container)) {
                made.append($0)
                if made.count == records { throw Killed() }
            }
        }
        #expect(made.count == records)
        #expect(try entries(container, rootID: 100_000).remove(plan, made: made, in: root(container)) == [])
        #expect(try container.sh("ls -A /dev") == "null\n")
    }

    @Test func whatTheContainerMountsOverItStays() throws {
        let container = try TestContainer(TestContainer.Options(userNamespace: true))
        defer { container.end() }
        let entries = try entries(container, rootID: 100_000)
        var made: [MadeEntry] = []
        try entries.create(plan, in: root(container)) { made.append($0) }
        try container.sh("mount --bind /dev/null /dev/bsg/sg3")
        let left = try entries.remove(plan, made: made, in: root(container))
        #expect(left.map(\.error.code) == [.replaced, .notEmpty])
        try container.sh("umount /dev/bsg/sg3")
        #expect(try entries.remove(plan, made: made, in: root(container)) == [])
        #expect(try container.sh("ls -A /dev") == "null\n")
    }

    @Test func aNodeIsMountedOverTheHostsOwn() throws {
        let container = try TestContainer()
        defer { container.end() }
        try container.sh("mount -t devtmpfs devtmpfs /dev")
        let host = (try directoryEntries("/dev"), try FileStatus.of("/dev/full"))
        let entries = try entries(container, rootID: 0)
        let plan = EntryPlan(
            "/dev/full", .node(Self.full), ownership: Ownership(user: 7, group: 8, mode: 0o606), technique: .mounted)
        #expect(try entries.inspect(plan, in: root(container)) == .free)
        var made: [MadeEntry] = []
        try entries.create(plan, in: root(container)) { made.append($0) }
        #expect(try container.sh("stat -c '%a %u:%g' /dev/full") == "606 7:8\n")
        #expect(try entries.inspect(plan, in: root(container)) == .same)

        #expect(try entries.remove(plan, made: made, in: root(container)) == [])
        #expect(try container.sh("stat -c '%a %u:%g' /dev/full") != "606 7:8\n")
        #expect(try directoryEntries("/dev") == host.0)
        #expect(try FileStatus.of("/dev/full") == host.1)
        #expect(try entries.remove(plan, made: made, in: root(container)) == [])
    }

    @Test(arguments: [
        EntryPlan("/dev/full", .node(.loop4), technique: .mounted),  // the host's node is another device
        EntryPlan("/dev/hostdev-test", .node(.loop3), technique: .mounted),  // the host has no such node
        EntryPlan("/dev/hostdev-test/a", .node(.loop3), technique: .mounted),  // nor such a directory
        EntryPlan("/dev/hostdev-test", .link(to: "loop3"), technique: .mounted),  // a link would be seen on the host
    ])
    func nothingElseIsMadeInTheHostsDirectory(plan: EntryPlan) throws {
        let container = try TestContainer()
        defer { container.end() }
        try container.sh("mount -t devtmpfs devtmpfs /dev")
        let before = try directoryEntries("/dev")
        let entries = try entries(container, rootID: 0)
        let error = #expect(throws: DeviceAccessError.self) { try entries.create(plan, in: root(container)) { _ in } }
        #expect(error?.code == .hostDevtmpfs)
        #expect(try entries.remove(plan, made: [], in: root(container)) == [])
        #expect(try directoryEntries("/dev") == before)
    }

    @Test(arguments: [
        ("unchanged", true),  // a peer of the host's mount
        ("slave", false),  // it gets the host's mounts, and gives none
        ("private", false),
    ])
    func aMountThatWouldShowOnTheHostIsRefused(propagation: String, isRefused: Bool) throws {
        let folder = try TestRoot()
        try onThrowawayHost {
            let dev = folder.path.appending("dev")
            try sh("mount -t tmpfs tmpfs \(dev); mount --make-shared \(dev)")
            let process = try RunningCommand(["unshare", "--mount", "--propagation", propagation, "sleep", "60"])
            defer { process.end() }
            // Until it is in a namespace of its own.
            let own = try Namespace.current(.mount).identity
            while try Namespace(.mount, path: FilePath("/proc/\(process.id)/ns/mnt")).identity == own {}

            let mounts = ContainerMounts(
                try Namespace(.mount, path: FilePath("/proc/\(process.id)/ns/mnt")), rootUser: 0, rootGroup: 0)
            let entries = ContainerNodes(id: "test", mounts: mounts)
            let root = try RootDirectory(FilePath("/proc/\(process.id)/root"))
            let plan = EntryPlan(dev.appending("sg3"), .node(Self.null), technique: .mounted)
            var made: [MadeEntry] = []
            do {
                try entries.create(plan, in: root) { made.append($0) }
                #expect(!isRefused)
            } catch let error as DeviceAccessError {
                #expect(error.code == .hostDevtmpfs && isRefused)
            }
            #expect(made.isEmpty == isRefused)
            #expect(try readText("/proc/thread-self/mountinfo").contains("dev/sg3") == false)
            #expect(entries.remove(plan, made: made, in: root) == [])
            #expect(try directoryEntries(dev) == [])
        }
    }
}
