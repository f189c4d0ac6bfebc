import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// The program that clears denials for the rules in its table. But for one test it stands at the top of a hierarchy of
/// the test's own: a group below the real one.
struct BPFOverrideTests {
    let folder: TemporaryFolder
    let rules: DeviceRules
    let top: TestGroup
    let rule = DeviceRule(.loop3, [.read, .write])

    init() throws {
        folder = try TemporaryFolder()
        rules = DeviceRules(stateDirectory: folder.path)
        top = try TestGroup(in: TestGroup.unified)
    }

    /// The names of the programs that are attached at the top.
    private func programs() throws -> [String] {
        try BPFProgram.attached(to: Descriptor.open(top.directory, options: .directory))
            .map { try BPFProgram(id: $0).information().name }
    }

    @Test func onlyTheContainerIsAllowed() throws {
        let container = try TestGroup.denying(in: top.directory)
        let nested = try TestGroup.denying(below: container)
        let sibling = try TestGroup.denying(in: top.directory)
        #expect(try container.groups.permits(rule) == false)

        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [RuleChange(BPFOverride.self, in: top.directory, group: try container.id, rule)])
        #expect(try programs() == [])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try nested.groups.permits(rule) == true)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try programs() == [BPFOverrideProgram.name])
        // It is there already: nothing more is needed.
        #expect(try rules.plan(rule, for: container.groups) == [])

        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        #expect(try nested.groups.permits(rule) == false)
        #expect(try programs() == [])
        // Again: it is no failure.
        for grant in grants { try rules.revoke(grant) }
    }

    /// Whichever group below the container's asks, however deep: the program's look at groups has an end.
    @Test func holdsDeepBelowTheContainer() throws {
        let container = try TestGroup.denying(in: top.directory)
        var deepest = container
        for _ in 0..<70 { deepest = try TestGroup(in: container.group.hierarchy, below: deepest) }
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: container.id, rule))
        #expect(try deepest.groups.permits(rule) == true)
        #expect(try deepest.groups.permits(DeviceRule(.loop3, [.makeNode])) == false)
    }

    /// A container that is itself deep, as one inside others is.
    @Test func aDeepContainerHasItsRule() throws {
        var container = try TestGroup(in: top.directory)
        for _ in 0..<70 { container = try TestGroup(in: top.directory, below: container) }
        try container.attachDenial()
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: container.id, rule))
        #expect(try container.groups.permits(rule) == true)
    }

    @Test func standsAtTheTopOfTheHostsHierarchy() throws {
        let container = try TestGroup.denying()
        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [RuleChange(BPFOverride.self, in: TestGroup.unified, group: try container.id, rule)])
        for grant in grants { try rules.apply(grant) }
        defer { for grant in grants { try? rules.revoke(grant) } }
        #expect(try container.groups.permits(rule) == true)
        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        #expect(try rules.plan(rule, for: container.groups) == grants)
    }

    @Test(arguments: [
        ("b 7:3", "rw", true),  // just what was given
        ("b 7:3", "r", true),  // less of it
        ("b 7:3", "m", false),  // an access that was not given
        ("b 7:3", "rwm", false),  // more than was given
        ("c 7:3", "r", false),  // the other type
        ("b 7:4", "r", false),  // another minor number
        ("b 8:3", "r", false),  // another major number
        ("c 1:3", "r", false),  // what has nothing to do with it
    ])
    func everyPartOfTheRuleMatters(device: String, access: String, isAllowed: Bool) throws {
        let container = try TestGroup.denying(in: top.directory)
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: container.id, rule))
        let asked = DeviceRule(try #require(DeviceNumber(device)), try #require(DeviceRule.Access(access)))
        #expect(try container.groups.permits(asked) == isAllowed)
    }

    @Test func typesAreApart() throws {
        // b 1:3 is a RAM disk, c 1:3 is /dev/null.
        let container = try TestGroup.denying(in: top.directory)
        let disk = DeviceRule(DeviceNumber(.block, 1, 3), [.read, .write])
        let null = DeviceRule(DeviceNumber(.character, 1, 3), [.read, .write])
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: container.id, disk))
        #expect(try container.groups.permits(disk) == true)
        #expect(try container.groups.permits(null) == false)
    }

    @Test(arguments: [
        BPFProgram.BPF_F_ALLOW_MULTI,  // as runc, crun, LXC and systemd attach theirs
        0,  // as libvirt does: it admits no other one in that group and below
    ])
    func holdsWhenTheOwnerAttachesItsOwnLater(flags: UInt32) throws {
        let container = try TestGroup(in: top.directory)
        let grant = RuleChange(BPFOverride.self, in: top.directory, group: try container.id, rule)
        try rules.apply(grant)
        try container.attachDenial(flags: flags)
        #expect(try container.groups.permits(rule) == true)
        #expect(try container.groups.permits(DeviceRule(.loop4, .read)) == false)
    }

    @Test func changesNothingForOthers() throws {
        let open = try TestGroup(in: top.directory)
        let closed = try TestGroup.denying(in: top.directory)
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: closed.id, rule))
        #expect(try open.groups.permits(DeviceRule(.loop4, .all)) == true)
        #expect(try closed.groups.permits(DeviceRule(.loop4, .read)) == false)
    }

    @Test func clearsADenialBetweenTheTopAndTheContainer() throws {
        let slice = try TestGroup.denying(in: top.directory)
        let container = try TestGroup(in: top.directory, below: slice)
        for grant in try rules.plan(rule, for: container.groups) { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try slice.groups.permits(rule) == false)
    }

    @Test func nothingIsNeededWhereNothingFilters() throws {
        let container = try TestGroup(in: top.directory)
        let filtered = try TestGroup.denying(in: top.directory)
        #expect(try rules.plan(rule, for: container.groups) == [])
        // Our own program above is no filter.
        try rules.apply(RuleChange(BPFOverride.self, in: top.directory, group: filtered.id, rule))
        #expect(try rules.plan(rule, for: container.groups) == [])
    }

    @Test func theTopItselfGetsNoRule() throws {
        try top.attachDenial()
        let group = ControlGroup(hierarchy: top.directory, path: "/")
        #expect(try rules.plan(rule, for: DeviceControlGroups(v2: group)) == [])
    }

    @Test func addsOnlyWhatIsMissing() throws {
        let container = try TestGroup.denying(in: top.directory)
        let id = try container.id
        let first = RuleChange(BPFOverride.self, in: top.directory, group: id, DeviceRule(.loop3, .read))
        let second = RuleChange(BPFOverride.self, in: top.directory, group: id, DeviceRule(.loop3, .write))
        try rules.apply(first)
        #expect(try rules.plan(rule, for: container.groups) == [second])
        try rules.apply(second)
        #expect(try container.groups.permits(rule) == true)
        // Each takes back its own.
        try rules.revoke(second)
        #expect(try container.groups.permits(DeviceRule(.loop3, .read)) == true)
        #expect(try container.groups.permits(rule) == false)
    }

    @Test func oneProgramServesAll() throws {
        let containers = try (0..<3).map { _ in try TestGroup.denying(in: top.directory) }
        let grants = try containers.map { RuleChange(BPFOverride.self, in: top.directory, group: try $0.id, rule) }
        for grant in grants { try rules.apply(grant) }
        #expect(try programs() == [BPFOverrideProgram.name])
        try rules.revoke(grants[0])
        #expect(try containers.map { try $0.groups.permits(rule) } == [false, true, true])
        for grant in grants { try rules.revoke(grant) }
        #expect(try programs() == [])
    }

    @Test func revokingWorksAfterTheGroupHasGone() throws {
        var container: TestGroup? = try TestGroup.denying(in: top.directory)
        let grant = RuleChange(BPFOverride.self, in: top.directory, group: try #require(container).id, rule)
        try rules.apply(grant)
        container = nil
        try rules.revoke(grant)
        #expect(try programs() == [])
    }

    @Test func looksAtNoGroupThatHasGone() throws {
        let group = ControlGroup(hierarchy: top.directory, path: "/gone")
        let error = #expect(throws: DeviceAccessError.self) {
            try rules.plan(rule, for: DeviceControlGroups(v2: group))
        }
        #expect(error?.code == .groupGone)
    }

    @Test func saysWhenTheTopAdmitsNoOtherProgram() throws {
        try top.attachDenial(flags: 0)
        let grant = RuleChange(BPFOverride.self, in: top.directory, group: try top.id, rule)
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant) }
        #expect(error?.code == .occupied)
    }

    @Test func saysWhoHasTheLock() throws {
        let container = try TestGroup.denying(in: top.directory)
        let lock = try FileLock(folder.path.appending("device-rules.lock"), until: .now)
        let impatient = DeviceRules(stateDirectory: folder.path, timeout: .milliseconds(20))
        let error = #expect(throws: DeviceAccessError.self) {
            try impatient.apply(RuleChange(BPFOverride.self, in: top.directory, group: container.id, rule))
        }
        #expect(error?.code == .busy)
        _ = consume lock
    }

    @Test func manyAtOnceDoNotLoseEachOther() async throws {
        let containers = try (0..<8).map { _ in try TestGroup.denying(in: top.directory) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for container in containers {
                group.addTask { [rules, rule, top] in
                    let grant = RuleChange(BPFOverride.self, in: top.directory, group: try container.id, rule)
                    for _ in 0..<20 {
                        try rules.apply(grant)
                        #expect(try rules.plan(rule, for: container.groups) == [])
                        try rules.revoke(grant)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try programs() == [])
    }

    @Test func theVerifiersWordIsInTheError() {
        let error = #expect(throws: SystemError.self) { _ = try BPFProgram([.exit], name: "broken") }
        #expect("\(error, default: "")".contains("R0 !read_ok"))
    }
}
