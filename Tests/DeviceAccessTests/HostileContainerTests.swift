import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// A container that changes its root while entries are made and taken away. Nothing outside its root changes, and
/// nothing in it that hostdev did not make.
struct HostileContainerTests {
    let container: TestRoot
    let plan = EntryPlan("/dev/sg3", .node(.loop3), ownership: Ownership(mode: 0o660))
    let entries = ContainerNodes(id: "test")

    init() throws {
        container = try TestRoot()
        try sh("touch \(container.outside)/sg3; mkdir \(container.outside)/scsi")
    }

    /// Runs a script in the container's root, with `OUTSIDE` for the host's folder.
    private func hostile(_ script: String) throws {
        try sh("cd \(container.path); \(script.replacing("OUTSIDE", with: container.outside.string))")
    }

    @Test(arguments: [
        "rmdir dev; ln -s OUTSIDE dev",  // /dev leads to a folder of the host's
        "rmdir dev; ln -s ../outside dev",  // the same from where the link stands
        "rmdir dev; ln -s /proc/1/root/dev dev",  // through a link of proc
        "ln -s OUTSIDE/sg3 dev/sg3",  // the node's name leads to a file of the host's
        "ln -s OUTSIDE/new dev/sg3",  // it leads to a name that is free
        "mkdir dev/sg3",
        "ln -s OUTSIDE/new dev/.hostdev-test",  // the temporary name, taken in advance
        "mkdir dev/.hostdev-test",
    ])
    func linksInTheWayLeadNowhere(script: String) throws {
        try hostile(script)
        let before = (try container.tree, try container.outsideTree)
        var made: [MadeEntry] = []
        #expect(throws: DeviceAccessError.self) {
            try entries.create(plan, in: container.root()) { made.append($0) }
        }
        _ = try entries.remove(plan, made: made, in: container.root())
        #expect(try container.tree == before.0)
        #expect(try container.outsideTree == before.1)
    }

    @Test(
        arguments: [
            ("mv dev old; ln -s OUTSIDE dev", nil),  // what is under way goes on in the directory that it began in
            ("touch dev/sg3", .nameTaken),  // the name was free, and is taken at the last moment
            ("ln -s OUTSIDE/sg3 dev/sg3", .nameTaken),
            ("rm dev/.hostdev-test; touch dev/.hostdev-test", .replaced),  // another file to be moved to the name
            ("rm dev/.hostdev-test; ln -s OUTSIDE/sg3 dev/.hostdev-test", .replaced),
            ("rm dev/.hostdev-test; mknod dev/.hostdev-test b 7 4", .replaced),
            ("rm dev/.hostdev-test", .kernel),
        ] as [(String, DeviceAccessError.Code?)])
    func swapsBeforeTheRenamingAreSeen(script: String, code: DeviceAccessError.Code?) throws {
        let before = try container.outsideTree
        var made: [MadeEntry] = []
        do {
            try entries.create(plan, in: container.root()) {
                made.append($0)
                try hostile(script)
            }
            #expect(code == nil)
        } catch let error as DeviceAccessError {
            #expect(error.code == code)
        }
        #expect(made.count == 1)
        let its = try container.tree.filter { !$0.contains("b 7:3") }
        _ = try entries.remove(plan, made: made, in: container.root())
        #expect(try container.outsideTree == before)
        #expect(try container.tree.filter { !$0.contains("b 7:3") } == its)
    }

    @Test(arguments: [
        "rmdir dev/.hostdev-test; ln -s OUTSIDE dev/.hostdev-test",  // a link for the directory that was made
        "mkdir other; mv dev/.hostdev-test gone; mv other dev/.hostdev-test",  // another directory
    ])
    func swappedDirectoriesAreSeen(script: String) throws {
        let before = try container.outsideTree
        let plan = EntryPlan("/dev/scsi/sg3", .node(.loop3))
        var made: [MadeEntry] = []
        let error = #expect(throws: DeviceAccessError.self) {
            try entries.create(plan, in: container.root()) {
                made.append($0)
                try hostile(script)
            }
        }
        #expect(error?.code == .replaced)
        #expect(made.count == 1)
        _ = try entries.remove(plan, made: made, in: container.root())
        #expect(try container.outsideTree == before)
    }

    @Test(
        arguments: [
            ("mv dev old; ln -s OUTSIDE dev", []),  // nothing of ours is where /dev leads
            ("rm dev/sg3; touch dev/sg3", [.replaced]),
            ("rm dev/sg3; ln -s OUTSIDE/sg3 dev/sg3", [.replaced]),
            ("rm dev/sg3; mkdir dev/sg3", [.replaced]),
            ("mv dev/sg3 dev/kept; mknod dev/sg3 b 7 3", [.replaced]),  // the same device, but not our node
            ("rm dev/sg3", []),
            ("mv dev old; touch dev", [.kernel]),
        ] as [(String, [DeviceAccessError.Code])])
    func undoLeavesWhatIsNotOurs(script: String, codes: [DeviceAccessError.Code]) throws {
        var made: [MadeEntry] = []
        try entries.create(plan, in: container.root()) { made.append($0) }
        try hostile(script)
        let before = (try container.tree, try container.outsideTree)
        #expect(try entries.remove(plan, made: made, in: container.root()).map(\.error.code) == codes)
        #expect(try container.tree == before.0)
        #expect(try container.outsideTree == before.1)
    }

    @Test func aLoopOfSwapsChangesNothingOutside() throws {
        let before = try container.outsideTree
        // Links are swapped at one stroke: were /dev missing for a moment, it would be made.
        try hostile("mv dev data; ln -s data dev")
        let swapping = try RunningCommand([
            "sh", "-c",
            """
            cd '\(container.path)'
            while :; do
                ln -s '\(container.outside)' next; mv -T next dev
                ln -s data next; mv -T next dev
            done
            """,
        ])
        var made = 0
        var refused = 0
        // The guest's emulated processor is some 50 times slower.
        let isGuest = unsafe getenv("HOSTDEV_GUEST") != nil
        for _ in 0..<(isGuest ? 100 : 1_000) {
            var records: [MadeEntry] = []
            do {
                try entries.create(plan, in: container.root()) { records.append($0) }
                made += 1
            } catch is DeviceAccessError {
                refused += 1
            }
            _ = try entries.remove(plan, made: records, in: container.root())
        }
        swapping.end()
        #expect(made > 0 && refused > 0, "the loop of swaps did not meet the loop of changes")
        #expect(try container.outsideTree == before)
    }
}
