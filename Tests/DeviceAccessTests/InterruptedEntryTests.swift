import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// A kill at any instruction leaves what undo can take away with the records that were written by then.
struct InterruptedEntryTests {
    let container: TestRoot
    let plan = EntryPlan("/dev/scsi/host0/disc", .node(.loop3), ownership: Ownership(mode: 0o660))

    init() throws {
        container = try TestRoot()
    }

    struct Killed: Error {}

    /// Goes on until just before, or just after, the record of an entry is written; returns the records.
    private func make(untilRecord number: Int, isWritten: Bool) throws -> [MadeEntry] {
        var made: [MadeEntry] = []
        #expect(throws: Killed.self) {
            try ContainerNodes(id: "test").create(plan, in: container.root()) { entry in
                if made.count < number || isWritten { made.append(entry) }
                if made.count > number || (made.count == number && !isWritten) { throw Killed() }
            }
        }
        return made
    }

    @Test(arguments: [0, 1, 2], [false, true])
    func undoRemovesWhatWasStaged(number: Int, isWritten: Bool) throws {
        let made = try make(untilRecord: number, isWritten: isWritten)
        let tree = try container.tree
        #expect(tree.filter { $0.contains(".hostdev-test") }.count == 1)
        let later = ContainerNodes(id: "test")
        if isWritten { #expect(try later.state(of: made[number], in: container.root()) == .unfinished) }
        #expect(try later.remove(plan, made: made, in: container.root()) == [])
        #expect(try container.tree == ["dev/ 0755 0:0"])
    }

    @Test(arguments: 0...3)
    func undoRemovesNoMoreThanWasRecorded(count: Int) throws {
        var made: [MadeEntry] = []
        try ContainerNodes(id: "test").create(plan, in: container.root()) { made.append($0) }
        let before = try container.tree
        let left = try ContainerNodes(id: "test").remove(plan, made: Array(made[..<count]), in: container.root())
        // A record is written before the entry gets its name: the name without the record is somebody else's.
        #expect(left.map(\.error.code) == Array(repeating: .notEmpty, count: count == 3 ? 0 : count))
        #expect(try container.tree == (count == 3 ? ["dev/ 0755 0:0"] : before))
    }

    @Test func undoInterruptedGoesOnTheNextTime() throws {
        var made: [MadeEntry] = []
        try ContainerNodes(id: "test").create(plan, in: container.root()) { made.append($0) }
        try sh("rm \(container.path)/dev/scsi/host0/disc")
        #expect(try ContainerNodes(id: "test").remove(plan, made: made, in: container.root()) == [])
        #expect(try container.tree == ["dev/ 0755 0:0"])
    }

    @Test func anotherAttachmentsTemporaryEntryStays() throws {
        try #require(try make(untilRecord: 0, isWritten: true).count == 1)
        let before = try container.tree
        #expect(try ContainerNodes(id: "other").remove(plan, made: [], in: container.root()) == [])
        #expect(try container.tree == before)
    }
}
