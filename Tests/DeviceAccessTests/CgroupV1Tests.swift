import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Version 1 groups: `devices.list`, `devices.allow`, `devices.deny`.
@Suite(.enabled(if: (try? FileStatus.of(TestGroup.devices)) != nil, "no version 1 hierarchy is mounted here"))
struct CgroupV1Tests {
    let folder: TemporaryFolder
    let rules: DeviceRules
    let rule = DeviceRule(.loop3, [.read, .write])

    init() throws {
        folder = try TemporaryFolder()
        rules = DeviceRules(stateDirectory: folder.path)
    }

    private func exception(in group: TestGroup, _ rule: DeviceRule) throws -> RuleChange {
        RuleChange(CgroupV1.self, in: group.directory, group: try group.id, rule)
    }

    @Test(
        arguments: [
            ([], "rw", ["b 7:3 rw"]),  // nothing there
            (["c 1:3 rwm", "b 7:4 rw"], "rw", ["b 7:3 rw", "b 7:4 rw", "c 1:3 rwm"]),  // others there stay
            (["b 7:3 r"], "w", ["b 7:3 rw"]),  // a part of it there: only the rest is added, and taken back
            (["b 7:3 m"], "rw", ["b 7:3 rwm"]),  // another access there stays
            (["b 7:* r"], "rw", ["b 7:* r", "b 7:3 rw"]),  // a line for many devices does not count half
            (["b 7:3 rwm"], nil, ["b 7:3 rwm"]),  // there already
            (["b 7:* rw"], nil, ["b 7:* rw"]),  // there already, for all minor numbers
            (["b *:* rwm"], nil, ["b *:* rwm"]),  // there already, for all block devices
            (["c 7:3 rwm"], "rw", ["b 7:3 rw", "c 7:3 rwm"]),  // there for the other type only
        ] as [([String], String?, [String])])
    func addsWhatIsMissingAndTakesItBack(before: [String], added: String?, after: [String]) throws {
        let container = try TestGroup.allowing()
        for line in before { try writeControl(container.directory.appending("devices.allow"), line) }
        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants.map(\.rule) == added.flatMap(DeviceRule.Access.init).map { [DeviceRule(.loop3, $0)] } ?? [])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.list == after)
        #expect(try container.groups.permits(rule) == true)
        // Twice is the same as once, for both.
        for grant in grants + grants { try rules.apply(grant) }
        for grant in grants + grants { try rules.revoke(grant) }
        #expect(try container.list == before.sorted())
    }

    @Test func siblingsStayDenied() throws {
        let container = try TestGroup.allowing()
        let sibling = try TestGroup.allowing()
        for grant in try rules.plan(rule, for: container.groups) { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try sibling.list == [])
    }

    @Test func groupsBelowThatHaveTheSameListGetTheRuleToo() throws {
        let container = try TestGroup.allowing("c 1:3 rwm")
        // Made before the rule, they keep the list that they took over.
        let same = try TestGroup(in: TestGroup.devices, below: container)
        let sameBelow = try TestGroup(in: TestGroup.devices, below: same)
        let strict = try TestGroup.allowing(below: container)
        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == (try [container, same, sameBelow].map { try exception(in: $0, rule) }))
        for grant in grants { try rules.apply(grant) }
        #expect(
            try [container, same, sameBelow, strict].map { try $0.groups.permits(rule) } == [true, true, true, false])
        for grant in grants { try rules.revoke(grant) }
        #expect(try [container, same, sameBelow].map { try $0.list } == [["c 1:3 rwm"], ["c 1:3 rwm"], ["c 1:3 rwm"]])
    }

    @Test func theTopGetsNoRule() throws {
        let group = ControlGroup(hierarchy: TestGroup.devices, path: "/")
        let before = try readText(TestGroup.devices.appending("devices.list"))
        #expect(try rules.plan(rule, for: DeviceControlGroups(v1: group)) == [])
        #expect(try readText(TestGroup.devices.appending("devices.list")) == before)
    }

    @Test(
        arguments: [
            (nil, nil),  // nothing denied
            ("b 7:3 rw", "rw"),  // all denied
            ("b 7:3 w", "w"),  // writing denied
            ("b 7:3 m", nil),  // what is not asked for denied
            ("b 7:4 rwm", nil),  // another device denied
        ] as [(String?, String?)])
    func aGroupThatAllowsByDefaultIsAsked(denied: String?, added: String?) throws {
        let container = try TestGroup(in: TestGroup.devices)
        if let denied { try writeControl(container.directory.appending("devices.deny"), denied) }
        #expect(try container.list == ["a *:* rwm"])
        let wasPermitted = try container.groups.permits(rule)

        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants.map { "\($0.rule.access)" } == added.map { [$0] } ?? [])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == wasPermitted)
        #expect(try container.groups.permits(DeviceRule(.loop4, .read)) == (denied != "b 7:4 rwm"))
    }

    @Test func saysWhichParentLacksTheRule() throws {
        let slice = try TestGroup.allowing("c 1:3 rwm")
        let container = try TestGroup.allowing(below: slice)
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(exception(in: container, rule)) }
        #expect(error?.code == .parentDenies)
        #expect(error?.description.contains("\(slice.directory) above it lacks that") == true)
        #expect(error?.remedy?.contains("'b 7:3 rw' to \(slice.directory)/devices.allow") == true)
    }

    @Test func aGroupThatHasGoneNeedsNoRevoking() throws {
        var container: TestGroup? = try TestGroup.allowing()
        let grant = try exception(in: #require(container), rule)
        container = nil
        try rules.revoke(grant)
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant) }
        #expect(error?.code == .groupGone)
    }

    @Test func anotherGroupOfTheSameNameIsLeftAlone() throws {
        let container = try TestGroup.allowing("b 7:3 rw")
        let grant = RuleChange(CgroupV1.self, in: container.directory, group: try container.id + 1, rule)
        try rules.revoke(grant)
        #expect(try container.list == ["b 7:3 rw"])
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant) }
        #expect(error?.code == .groupGone)
    }

    @Test func onAHybridHostBothHaveToAllow() throws {
        let v1 = try TestGroup.allowing()
        let top = try TestGroup(in: TestGroup.unified)
        let v2 = try TestGroup.denying(in: top.directory)
        let groups = DeviceControlGroups(v1: v1.group, v2: v2.group)
        let grants = try rules.plan(rule, for: groups)
        #expect(grants.count == 2)
        for (grant, isEnough) in zip(grants, [false, true]) {
            #expect(try groups.permits(rule) == false)
            try rules.apply(grant)
            #expect(try groups.permits(rule) == isEnough)
        }
        try rules.revoke(grants[0])
        #expect(try groups.permits(rule) == false)
        try rules.revoke(grants[1])
    }
}
