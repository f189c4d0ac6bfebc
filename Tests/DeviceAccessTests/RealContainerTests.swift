import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Containers of the kernel's own: namespaces, mounts, user namespaces.
struct RealContainerTests {
    let entries = ContainerNodes(id: "test")
    let plan = EntryPlan(
        "/dev/bsg/sg3", .node(DeviceNumber(.character, 1, 3)), ownership: Ownership(user: 1, group: 2, mode: 0o620))

    @Test func aNodeWorksInARunningContainer() throws {
        let container = try TestContainer()
        let root = try RootDirectory(FilePath("/proc/\(container.id)/root"))
        var made: [MadeEntry] = []
        try entries.create(plan, in: root) { made.append($0) }
        #expect(try container.sh("stat -c '%F %t:%T %a %u:%g' /dev/bsg/sg3") == "character special file 1:3 620 1:2\n")
        try container.sh("echo gone > /dev/bsg/sg3; head -c 0 /dev/bsg/sg3")
        #expect(entries.remove(plan, made: made, in: root) == [])
        #expect(try container.sh("ls -A /dev") == "null\n")
        container.end()
    }

    @Test func aUserNamespaceIsToldApart() throws {
        let container = try TestContainer(TestContainer.Options(userNamespace: true))
        let root = try RootDirectory(FilePath("/proc/\(container.id)/root"))
        let before = try container.sh("ls -A /dev")
        var made: [MadeEntry] = []
        let error = #expect(throws: DeviceAccessError.self) {
            try entries.create(EntryPlan("/dev/sg3", plan.content), in: root) { made.append($0) }
        }
        #expect(error?.code == .userNamespace)
        #expect(made == [])
        #expect(try container.sh("ls -A /dev") == before)
        container.end()
    }

    @Test(
        arguments: [
            ("mount --bind /dev dev", .hostDevtmpfs),  // the host's devtmpfs
            ("mount -t devtmpfs devtmpfs dev", .hostDevtmpfs),  // a mount of its own of the same
            ("mount -t tmpfs -o ro tmpfs dev", .readOnly),
            ("mount -t tmpfs -o nodev tmpfs dev", .mountedNodev),
        ] as [(String, DeviceAccessError.Code)])
    func mountsThatTakeNoNodesAreToldApart(script: String, code: DeviceAccessError.Code) throws {
        let folder = try TestRoot()
        try onThrowawayHost {
            try sh("cd \(folder.path); \(script)")
            let before = try directoryEntries("/dev")
            var made: [MadeEntry] = []
            let plan = EntryPlan("/dev/sg3", plan.content)
            let error = #expect(throws: DeviceAccessError.self) {
                try entries.create(plan, in: folder.root()) { made.append($0) }
            }
            #expect(error?.code == code)
            #expect(made == [])
            let left = try entries.remove(plan, made: made, in: folder.root())
            #expect(left == [])
            #expect(try directoryEntries("/dev") == before)
        }
    }
}
