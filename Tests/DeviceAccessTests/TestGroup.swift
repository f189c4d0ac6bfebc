import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestHost

@testable import DeviceAccess

/// A control group that goes with this value, the groups below it with it.
final class TestGroup: Sendable {
    static let devices: FilePath = "/sys/fs/cgroup/devices"
    /// Where cgroup2 is mounted: beside version 1 on a hybrid host, else alone.
    static let unified: FilePath =
        (try? FileStatus.of("/sys/fs/cgroup/unified")) == nil ? "/sys/fs/cgroup" : "/sys/fs/cgroup/unified"

    private static let count = Atomic(0)
    let group: ControlGroup
    private let parent: TestGroup?

    init(in hierarchy: FilePath, below parent: TestGroup? = nil) throws {
        self.parent = parent
        let number = Self.count.add(1, ordering: .relaxed).newValue
        let name = "hostdev-test-\(getpid())-\(number)"
        group = ControlGroup(hierarchy: hierarchy, path: "\(parent?.group.path ?? "")/\(name)")
        try makeDirectories(directory)
    }

    deinit {
        // A process that has ended leaves its group a moment later.
        for _ in 0..<200 {
            if unsafe directory.withPlatformString({ unsafe rmdir($0) }) == 0 { return }
            usleep(5_000)
        }
    }

    var directory: FilePath { group.directory }
    var id: UInt64 { get throws { try FileStatus.of(directory).identity.inode } }
    var groups: DeviceControlGroups {
        group.hierarchy == Self.devices ? DeviceControlGroups(v1: group) : DeviceControlGroups(v2: group)
    }

    /// A version 1 group that allows what is listed.
    static func allowing(_ rules: String..., below parent: TestGroup? = nil) throws -> TestGroup {
        let group = try TestGroup(in: parent?.group.hierarchy ?? devices, below: parent)
        try writeControl(group.directory.appending("devices.deny"), "a")
        for rule in rules { try writeControl(group.directory.appending("devices.allow"), rule) }
        return group
    }

    /// A cgroup2 group with a program of its owner's that denies everything.
    static func denying(in hierarchy: FilePath = unified, below parent: TestGroup? = nil) throws -> TestGroup {
        let group = try TestGroup(in: parent?.group.hierarchy ?? hierarchy, below: parent)
        try group.attachDenial()
        return group
    }

    /// What an engine does: a program that returns 0, attached to the group. It goes with the group.
    func attachDenial(flags: UInt32 = BPFProgram.BPF_F_ALLOW_MULTI) throws {
        let program = try BPFProgram([.set(.r0, 0), .exit], name: "test_denial")
        try program.attach(to: Descriptor.open(directory, options: .directory), flags: flags)
    }

    /// The lines of `devices.list`, sorted.
    var list: [String] {
        get throws {
            try readText(directory.appending("devices.list")).split(separator: "\n").map(String.init).sorted()
        }
    }

    /// Whether a shell script works in a process of the group.
    func runs(_ script: String) throws -> Bool {
        try run(["sh", "-c", "echo $$ > '\(directory)/cgroup.procs' && \(script)"]).status == 0
    }
}
