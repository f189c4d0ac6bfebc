import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Entries in the table of libvirt's program, staged. Every kernel that these tests run on can override denials, so that is
/// ruled out.
struct LibvirtMapTests {
    /// A table of libvirt's as it makes one, and what is done with it here.
    final class Table: Sendable {
        static let layout = BPFMap.Layout(name: "", keySize: 8, valueSize: 4)
        let map: BPFMap

        var instructions: [Instruction] {
            LibvirtProgram.instructions(table: map.descriptor.file.rawValue).map(Instruction.init(word:))
        }

        init(limit: UInt32 = 64) throws { map = try BPFMap(Self.layout, limit: limit) }

        subscript(major: UInt32, minor: UInt32) -> UInt32 {
            get throws {
                guard let value = try map.value(of: key(major, minor)) else { return 0 }
                return value.value(at: 0)
            }
        }

        func set(_ major: UInt32, _ minor: UInt32, _ access: UInt32, _ type: UInt32) throws {
            let value = KernelMemory(count: 4)
            value.set(access << 16 | type, at: 0)
            try map.set(value, of: key(major, minor))
        }

        func attach(to group: TestGroup, flags: UInt32 = 0) throws {
            let program = try BPFProgram(instructions, name: "")
            try program.attach(to: Descriptor.open(group.directory, options: .directory), flags: flags)
        }

        private func key(_ major: UInt32, _ minor: UInt32) -> KernelMemory {
            let key = KernelMemory(count: 8)
            key.set(minor, at: 0)
            key.set(major, at: 4)
            return key
        }
    }

    static let any = UInt32.max
    let folder: TemporaryFolder
    var rules: DeviceRules
    let top: TestGroup
    let container: TestGroup
    let rule = DeviceRule(.loop3, [.read, .write])

    init() throws {
        folder = try TemporaryFolder()
        rules = DeviceRules(stateDirectory: folder.path)
        rules.context.allowsOverride = false
        top = try TestGroup(in: TestGroup.unified)
        container = try TestGroup(in: TestGroup.unified, below: top)
    }

    private func grant(_ rule: DeviceRule? = nil) throws -> RuleChange {
        RuleChange(LibvirtMap.self, in: container.directory, group: try container.id, rule ?? self.rule)
    }

    @Test func onlyTheContainerIsAllowed() throws {
        let table = try Table()
        try table.set(1, 3, 7, 2)
        try table.attach(to: container)
        let nested = try TestGroup(in: TestGroup.unified, below: container)
        let sibling = try TestGroup(in: TestGroup.unified, below: top)
        try Table().attach(to: sibling)
        #expect(try container.groups.permits(rule) == false)

        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [try grant()])
        #expect(try table[7, 3] == 0)
        for grant in grants { try rules.apply(grant) }
        #expect(try table[7, 3] == 0x6_0001)
        #expect(try container.groups.permits(rule) == true)
        #expect(try nested.groups.permits(rule) == true)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try rules.plan(rule, for: container.groups) == [])
        // Of a group below too, by the table of the only one above.
        #expect(try rules.plan(rule, for: nested.groups) == [])

        for grant in grants { try rules.revoke(grant) }
        #expect(try table[7, 3] == 0)
        #expect(try table[1, 3] == 0x7_0002)
        #expect(try container.groups.permits(rule) == false)
        for grant in grants { try rules.revoke(grant) }
    }

    @Test(arguments: [
        ("b 7:3", "rw", true), ("b 7:3", "r", true), ("b 7:3", "m", false), ("b 7:3", "rwm", false),
        ("c 7:3", "r", false), ("b 7:4", "r", false), ("b 8:3", "r", false), ("c 1:3", "r", false),
    ])
    func everyPartOfTheRuleMatters(device: String, access: String, isAllowed: Bool) throws {
        try Table().attach(to: container)
        try rules.apply(grant())
        let asked = DeviceRule(try #require(DeviceNumber(device)), try #require(DeviceRule.Access(access)))
        #expect(try container.groups.permits(asked) == isAllowed)
    }

    /// What the owner has allowed stays when ours goes.
    @Test func onlyWhatIsMissingComesAndGoes() throws {
        let table = try Table()
        try table.set(7, 3, 2, 1)
        try table.attach(to: container)
        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [try grant(DeviceRule(.loop3, .write))])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        for grant in grants { try rules.revoke(grant) }
        #expect(try table[7, 3] == 0x2_0001)
    }

    @Test(arguments: [(7, any), (any, 3), (any, any)] as [(UInt32, UInt32)])
    func nothingIsNeededWhereAnEntryForManyAllows(major: UInt32, minor: UInt32) throws {
        let table = try Table()
        try table.set(major, minor, 7, 1)
        try table.attach(to: container)
        #expect(try rules.plan(rule, for: container.groups) == [])
        #expect(try container.groups.permits(rule) == true)
    }

    /// `c 7:3` and `b 7:3` have one entry, which gives both types the same.
    @Test func theDeviceOfTheOtherTypeIsNotTouched() throws {
        let table = try Table()
        try table.set(7, 3, 2, 2)
        try table.attach(to: container)
        let error = #expect(throws: DeviceAccessError.self) { try rules.plan(rule, for: container.groups) }
        #expect(error?.code == .notSupported)
        #expect("\(error, default: "")".contains("the other type"))
        #expect(throws: DeviceAccessError.self) { try rules.apply(grant()) }
        try rules.revoke(grant())
        #expect(try table[7, 3] == 0x2_0002)
    }

    /// libvirt copies a full table into one of twice the size, and attaches its program again with that.
    @Test func itStaysWhenTheOwnerTakesUpALargerTable() throws {
        try Table().attach(to: container)
        try rules.apply(grant())
        let larger = try Table(limit: 128)
        try larger.set(7, 3, 6, 1)
        try larger.attach(to: container)
        #expect(try rules.plan(rule, for: container.groups) == [])
        try rules.revoke(grant())
        #expect(try larger[7, 3] == 0)
        #expect(try container.groups.permits(rule) == false)
    }

    @Test func aFullTableIsSaidToBe() throws {
        let table = try Table(limit: 1)
        try table.set(1, 3, 7, 2)
        try table.attach(to: container)
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant()) }
        #expect(error?.code == .occupied)
        #expect("\(error, default: "")".contains("full"))
    }

    /// A table that looks the same, of a program that may mean something else by it.
    @Test func noOtherTableIsGuessedAt() throws {
        let table = try Table()
        var instructions = table.instructions
        instructions.insert(.set(.r7, 0), at: 1)
        let program = try BPFProgram(instructions, name: "")
        try program.attach(to: Descriptor.open(container.directory, options: .directory))
        let error = #expect(throws: DeviceAccessError.self) { try rules.plan(rule, for: container.groups) }
        #expect(error?.code == .notSupported)
        // All that was tried is named.
        let text = "\(error, default: "")"
        #expect(text.contains("no known one") && text.contains("in front of the program"), "\(text)")
        #expect(throws: DeviceAccessError.self) { try rules.apply(grant()) }
        try rules.revoke(grant())
        #expect(try table[7, 3] == 0)
    }

    @Test func anotherProgramThatDeniesIsSaid() throws {
        let table = try Table()
        try table.attach(to: container, flags: BPFProgram.BPF_F_ALLOW_MULTI)
        try container.attachDenial()
        let grants = try rules.plan(rule, for: container.groups)
        let error = #expect(throws: DeviceAccessError.self) { for grant in grants { try rules.apply(grant) } }
        #expect(error?.code == .overruled)
        for grant in grants { try rules.revoke(grant) }
        #expect(try table[7, 3] == 0)
    }

    @Test func whatOthersDenyAboveIsSaid() throws {
        let slice = try TestGroup.denying(below: top)
        let inner = try TestGroup(in: TestGroup.unified, below: slice)
        let sibling = try TestGroup(in: TestGroup.unified, below: slice)
        try Table().attach(to: inner, flags: BPFProgram.BPF_F_ALLOW_MULTI)
        let grants = try rules.plan(rule, for: inner.groups)
        let error = #expect(throws: DeviceAccessError.self) { for grant in grants { try rules.apply(grant) } }
        #expect(error?.code == .overruled)
        for grant in grants { try rules.revoke(grant) }
        _ = sibling
    }

    @Test func aGroupThatHasGoneNeedsNothing() throws {
        var gone: TestGroup? = try TestGroup(in: TestGroup.unified, below: top)
        let grant = RuleChange(LibvirtMap.self, in: try #require(gone).directory, group: try #require(gone).id, rule)
        gone = nil
        #expect(throws: DeviceAccessError.self) { try rules.apply(grant) }
        try rules.revoke(grant)
    }
}
