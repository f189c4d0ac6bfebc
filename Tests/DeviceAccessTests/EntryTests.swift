import ByteStrings
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Entries in the root of a container that behaves.
struct EntryTests {
    let container: TestRoot
    let entries = ContainerNodes(id: "test")

    init() throws {
        container = try TestRoot()
    }

    /// Makes an entry and returns what was recorded.
    private func make(_ plan: EntryPlan) throws -> [MadeEntry] {
        var made: [MadeEntry] = []
        try entries.create(plan, in: container.root()) { made.append($0) }
        return made
    }

    @Test(arguments: [
        (  // a node
            EntryPlan("/dev/sg3", .node(.loop3), ownership: Ownership(user: 1, group: 2, mode: 0o640)),
            ["dev/ 0755 0:0", "dev/sg3 b 7:3 0640 1:2"]
        ),
        (  // a character device that only root inside may read
            EntryPlan("/dev/null", .node(DeviceNumber(.character, 1, 3)), ownership: Ownership(mode: 0o400)),
            ["dev/ 0755 0:0", "dev/null c 1:3 0400 0:0"]
        ),
        (  // a large number
            EntryPlan("/dev/x", .node(DeviceNumber(.block, 259, 1_048_575)), ownership: Ownership(mode: 0o666)),
            ["dev/ 0755 0:0", "dev/x b 259:1048575 0666 0:0"]
        ),
        (  // directories that are missing
            EntryPlan("/dev/bsg/2:0:0:3", .node(.loop3), ownership: Ownership(mode: 0o600)),
            ["dev/ 0755 0:0", "dev/bsg/ 0755 0:0", "dev/bsg/2:0:0:3 b 7:3 0600 0:0"]
        ),
        (  // a link
            EntryPlan("/dev/scsi/host0/generic", .link(to: "../../sg3")),
            ["dev/ 0755 0:0", "dev/scsi/ 0755 0:0", "dev/scsi/host0/ 0755 0:0", "dev/scsi/host0/generic -> ../../sg3"]
        ),
        (  // a directory, and its parent is the root
            EntryPlan("/media", .directory, ownership: Ownership(user: 5, group: 6, mode: 0o700)),
            ["dev/ 0755 0:0", "media/ 0700 5:6"]
        ),
    ])
    func isMadeAndTakenAway(plan: EntryPlan, tree: [String]) throws {
        #expect(try entries.inspect(plan, in: container.root()) == .free)
        let made = try make(plan)
        #expect(try container.tree == tree)
        #expect(made.last?.path == plan.path)
        for entry in made { #expect(try entries.state(of: entry, in: container.root()) == .inPlace) }
        #expect(try entries.inspect(plan, in: container.root()) == .same)

        #expect(try entries.remove(plan, made: made, in: container.root()) == [])
        #expect(try container.tree == ["dev/ 0755 0:0"])
        for entry in made { #expect(try entries.state(of: entry, in: container.root()) == .gone) }
        #expect(try entries.remove(plan, made: made, in: container.root()) == [])
    }

    @Test func theUmaskTakesNothingAway() throws {
        try onOwnThread { () throws(any Error) in
            // A new file system context, so that no other test gets this umask.
            try unshareNamespaces([.mount])
            try withUmask(0o777) {
                _ = try make(EntryPlan("/dev/a/sg3", .node(.loop3), ownership: Ownership(mode: 0o660)))
            }
        }
        #expect(try container.tree == ["dev/ 0755 0:0", "dev/a/ 0755 0:0", "dev/a/sg3 b 7:3 0660 0:0"])
    }

    @Test(
        arguments: [
            ("mknod sg3 b 7 3", nil),  // the very device: the caller decides
            ("mknod sg3 b 7 4", "b 7:4"),  // another device
            ("mknod sg3 c 7 3", "c 7:3"),  // another type of device
            ("touch sg3", "a regular file"),
            ("mkdir sg3", "a directory"),
            ("ln -s nowhere sg3", "a link to nowhere"),
            ("mkfifo sg3", "a socket or a pipe"),
        ] as [(String, String?)])
    func aTakenNameIsLeftAlone(script: String, found: String?) throws {
        try sh("cd \(container.path)/dev; \(script)")
        let before = try container.tree
        let plan = EntryPlan("/dev/sg3", .node(.loop3))
        let error = #expect(throws: DeviceAccessError.self) { try make(plan) }
        #expect(error?.code == (found == nil ? .alreadyThere : .nameTaken))
        if let found {
            #expect(error?.description == "make /dev/sg3 (b 7:3): \(found) is there")
            let looked = #expect(throws: DeviceAccessError.self) { try entries.inspect(plan, in: container.root()) }
            #expect(looked == error)
        } else {
            #expect(try entries.inspect(plan, in: container.root()) == .same)
        }
        #expect(try container.tree == before)
        // Nothing was recorded, so nothing is taken away.
        #expect(try entries.remove(plan, made: [], in: container.root()) == [])
        #expect(try container.tree == before)
    }

    @Test(arguments: [
        ("mkdir dev/scsi", "dev/scsi/host0/generic"),  // a directory that is there already stays at the end
        ("mkdir -p data/dev; rmdir dev; ln -s data/dev dev", "data/dev/scsi/host0/generic"),  // a link inside the root
    ])
    func directoriesThatAreThereAreUsed(script: String, place: String) throws {
        try sh("cd \(container.path); \(script)")
        let before = try container.tree
        let plan = EntryPlan("/dev/scsi/host0/generic", .link(to: "../../sg3"))
        let made = try make(plan)
        #expect(try container.tree.contains("\(place) -> ../../sg3"))
        #expect(try entries.remove(plan, made: made, in: container.root()) == [])
        #expect(try container.tree == before)
    }

    @Test func aDirectoryWithEntriesOfOthersStays() throws {
        let first = EntryPlan("/dev/scsi/host0/a", .link(to: "x"))
        let second = EntryPlan("/dev/scsi/host1/b", .link(to: "y"))
        let made = (try make(first), try make(second))
        let left = try entries.remove(first, made: made.0, in: container.root())
        #expect(left.map(\.error.code) == [.notEmpty])
        #expect(left.map(\.made) == [made.0[0]])
        #expect(try container.tree.contains("dev/scsi/host1/b -> y"))
        // Who takes over what was left removes it in the end.
        #expect(try entries.remove(second, made: made.1 + left.compactMap(\.made), in: container.root()) == [])
        #expect(try container.tree == ["dev/ 0755 0:0"])
    }

    @Test(arguments: ["dev/sg3", "/", "/dev/..", "/dev/../etc/sg3", "/../sg3"])
    func aPathThatNamesNoEntryIsRefused(path: String) throws {
        let plan = EntryPlan(FilePath(path), .node(.loop3))
        let error = #expect(throws: DeviceAccessError.self) { try make(plan) }
        #expect(error?.code == .invalidPath)
        #expect(try container.tree == ["dev/ 0755 0:0"])
    }

    @Test(arguments: ["a", "c 7:3", "b 7:3"])
    func stateTellsAReplacement(by what: String) throws {
        let made = try make(EntryPlan("/dev/sg3", .node(.loop3)))
        let script = what == "a" ? "touch sg3" : "mknod sg3 \(what.replacing(":", with: " "))"
        // The old file is kept, so that its inode number is not used again.
        try sh("cd \(container.path)/dev; mv sg3 old; \(script)")
        let found = what == "a" ? "a regular file" : what
        #expect(try entries.state(of: made[0], in: container.root()) == .replaced(by: found))
        let left = try entries.remove(EntryPlan("/dev/sg3", .node(.loop3)), made: made, in: container.root())
        #expect(left.map(\.error.code) == [.replaced])
        #expect(try container.tree.count == 3)
    }
}
