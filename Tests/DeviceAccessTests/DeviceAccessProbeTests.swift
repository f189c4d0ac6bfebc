import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// `permits`: what the kernel says of a device in a group.
struct DeviceAccessProbeTests {
    @Test(arguments: [
        ("c 1:3", "r", "head -c 0 NODE"),  // /dev/null is always there to be opened
        ("c 1:3", "w", ": > NODE"),
        ("c 1:3", "rw", ": 1<> NODE"),
        ("b 7:3", "m", "mknod NODE-made b 7 3"),
    ])
    func agreesWithWhatAProcessGets(device: String, access: String, script: String) throws {
        let folder = try TemporaryFolder()
        let node = folder.path.appending("node")
        try sh("mknod \(node) \(device.replacing(":", with: " "))")
        let rule = DeviceRule(try #require(DeviceNumber(device)), try #require(DeviceRule.Access(access)))
        for group in [try TestGroup(in: TestGroup.unified), try TestGroup.denying()] {
            let works = try group.runs(script.replacing("NODE", with: node.string))
            #expect(try group.groups.permits(rule) == works)
            try removeFile(folder.path.appending("node-made"))
        }
    }

    @Test(arguments: ["r", "w", "m", "rw", "rwm"])
    func everyAccessThatIsAskedForCounts(denied: String) throws {
        let denied = try #require(DeviceRule.Access(denied))
        let group = try TestGroup(in: TestGroup.unified)
        let program = try BPFProgram(OneAccess.denying(denied), name: "test_denial")
        try program.attach(to: Descriptor.open(group.directory, options: .directory))
        for bits in 1...7 as ClosedRange<UInt32> {
            let asked = DeviceRule.Access(rawValue: bits)
            #expect(try group.groups.permits(DeviceRule(.loop3, asked)) == asked.isDisjoint(with: denied))
        }
    }

    @Test func leavesNoTrace() throws {
        let group = try TestGroup.denying()
        let mounts = try readText("/proc/thread-self/mountinfo")
        let descriptors = try directoryEntries("/proc/thread-self/fd").count
        for _ in 0..<20 { _ = try group.groups.permits(DeviceRule(.loop3, .all)) }
        #expect(try readText(group.directory.appending("cgroup.procs")) == "")
        #expect(try readText("/proc/thread-self/mountinfo") == mounts)
        // Other tests run meanwhile, so there may be some more, but not one for each question.
        #expect(try directoryEntries("/proc/thread-self/fd").count < descriptors + 20)
        let children = try readText("/proc/thread-self/children").split(separator: " ").compactMap { Int32($0) }
        #expect(children.allSatisfy { (try? ProcessStatus(of: $0).hasEnded) != true })
    }

    @Test func aFrozenGroupIsNotAsked() throws {
        let group = try TestGroup(in: TestGroup.unified)
        let nested = try TestGroup(in: TestGroup.unified, below: group)
        try writeControl(group.directory.appending("cgroup.freeze"), "1")
        #expect(try group.groups.permits(DeviceRule(.loop3, .read)) == nil)
        #expect(try nested.groups.permits(DeviceRule(.loop3, .read)) == nil)
        try writeControl(group.directory.appending("cgroup.freeze"), "0")
        #expect(try group.groups.permits(DeviceRule(.loop3, .read)) == true)
    }

    @Test func aGroupBelowAnswersForOneThatTakesNoProcesses() throws {
        let controllers = try readText(TestGroup.unified.appending("cgroup.controllers")).split(separator: " ")
        let controller = try #require(controllers.last.map { $0.trimmingPrefix("\n").filter { $0 != "\n" } })
        let shared = TestGroup.unified.appending("cgroup.subtree_control")
        let wasShared = try readText(shared).contains(controller)
        if !wasShared { try writeControl(shared, "+\(controller)") }
        defer { if !wasShared { try? writeControl(shared, "-\(controller)") } }

        let container = try TestGroup.denying()
        try writeControl(container.directory.appending("cgroup.subtree_control"), "+\(controller)")
        // Nothing below it yet: nobody can answer.
        #expect(try container.groups.permits(DeviceRule(.loop3, .read)) == nil)
        let nested = try TestGroup(in: TestGroup.unified, below: container)
        #expect(try container.groups.permits(DeviceRule(.loop3, .read)) == false)
        _ = nested
    }

    @Test func aGroupThatHasGoneIsSaidToBe() {
        let groups = DeviceControlGroups(v2: ControlGroup(hierarchy: TestGroup.unified, path: "/hostdev-test-gone"))
        let error = #expect(throws: DeviceAccessError.self) { try groups.permits(DeviceRule(.loop3, .read)) }
        #expect(error?.code == .groupGone)
    }

    @Test func withoutGroupsTheCallersOwnCount() throws {
        #expect(try DeviceControlGroups().permits(DeviceRule(.loop3, .all)) == true)
    }
}

/// A program that denies what asks for one of some accesses, whatever the device.
enum OneAccess {
    static func denying(_ access: DeviceRule.Access) -> [Instruction] {
        var assembler = Assembler()
        let allowed = assembler.label()
        assembler.emit(.load32(.r7, .r1, at: 0), .shiftRight(.r7, 16), .and(.r7, Int32(access.rawValue)), .set(.r0, 1))
        assembler.jump(to: allowed) { .jump(if: .r7, equals: 0, by: $0) }
        assembler.emit(.set(.r0, 0))
        assembler.place(allowed)
        assembler.emit(.exit)
        return assembler.assembled()
    }
}
