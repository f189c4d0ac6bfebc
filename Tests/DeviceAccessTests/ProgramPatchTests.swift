import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Rules in front of the programs that a group's owner has attached. Every kernel that these tests run on can override
/// denials, so but for one test that is ruled out.
struct ProgramPatchTests {
    let folder: TemporaryFolder
    var rules: DeviceRules
    let top: TestGroup
    let rule = DeviceRule(.loop3, [.read, .write])

    init() throws {
        folder = try TemporaryFolder()
        rules = DeviceRules(stateDirectory: folder.path)
        rules.context.allowsOverride = false
        top = try TestGroup(in: TestGroup.unified)
    }

    private func open(_ group: TestGroup) throws -> Descriptor { try .open(group.directory, options: .directory) }
    private func programs(_ group: TestGroup) throws -> [UInt32] { try BPFProgram.attached(to: open(group)) }
    private func code(_ group: TestGroup) throws -> [[Instruction]] {
        try programs(group).map { try BPFProgram(id: $0).code() }
    }
    private func grant(_ group: TestGroup, _ rule: DeviceRule? = nil) throws -> RuleChange {
        RuleChange(ProgramPatch.self, in: group.directory, group: try group.id, rule ?? self.rule)
    }

    @Test func onlyTheContainerIsAllowed() throws {
        let container = try TestGroup.denying(in: top.directory)
        let nested = try TestGroup(in: top.directory, below: container)
        let sibling = try TestGroup.denying(in: top.directory)
        let before = try code(container)

        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [try grant(container)])
        #expect(try code(container) == before)
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try nested.groups.permits(rule) == true)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try container.groups.permits(DeviceRule(.loop4, .read)) == false)
        // It is there already: nothing more is needed, and doing it again does nothing.
        #expect(try rules.plan(rule, for: container.groups) == [])
        let patched = try code(container)
        for grant in grants { try rules.apply(grant) }
        #expect(try code(container) == patched)

        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        #expect(try code(container) == before)
        for grant in grants { try rules.revoke(grant) }
        #expect(try code(container) == before)
    }

    @Test(arguments: [
        ("b 7:3", "rw", true), ("b 7:3", "r", true), ("b 7:3", "m", false), ("b 7:3", "rwm", false),
        ("c 7:3", "r", false), ("b 7:4", "r", false), ("b 8:3", "r", false), ("c 1:3", "r", false),
    ])
    func everyPartOfTheRuleMatters(device: String, access: String, isAllowed: Bool) throws {
        let container = try TestGroup.denying(in: top.directory)
        try rules.apply(grant(container))
        let asked = DeviceRule(try #require(DeviceNumber(device)), try #require(DeviceRule.Access(access)))
        #expect(try container.groups.permits(asked) == isAllowed)
    }

    @Test func typesAreApart() throws {
        let container = try TestGroup.denying(in: top.directory)
        try rules.apply(grant(container, DeviceRule(DeviceNumber(.block, 1, 3), .read)))
        #expect(try container.groups.permits(DeviceRule(DeviceNumber(.block, 1, 3), .read)) == true)
        #expect(try container.groups.permits(DeviceRule(DeviceNumber(.character, 1, 3), .read)) == false)
    }

    /// The flags of runc, crun, LXC and systemd; of libvirt; and of what gives way to programs below it.
    @Test(arguments: [BPFProgram.BPF_F_ALLOW_MULTI, 0, 1])
    func theOriginalComesBackWhereItsOwnerHasKeptIt(flags: UInt32) throws {
        let container = try TestGroup(in: top.directory)
        let kept = try BPFProgram([.set(.r0, 0), .exit], name: "kept", isGPL: false)
        try kept.attach(to: open(container), flags: flags)
        let before = try programs(container)
        try rules.apply(grant(container))
        #expect(try container.groups.permits(rule) == true)
        let patched = try programs(container)
        #expect(patched != before)
        #expect(try BPFProgram(id: patched[0]).isGPL() == false)
        try rules.revoke(grant(container))
        #expect(try programs(container) == before)
        #expect(try BPFProgram.query(open(container)).flags == flags)
        // The owner goes on as if nothing had been.
        let next = try BPFProgram([.set(.r0, 1), .exit], name: "next")
        try next.replace(kept, in: open(container))
        #expect(try container.groups.permits(rule) == true)
    }

    @Test func rulesComeAndGoInAnyOrder() throws {
        let container = try TestGroup.denying(in: top.directory)
        let before = try code(container)
        let grants = try [
            grant(container, DeviceRule(.loop3, .read)), grant(container, DeviceRule(.loop4, [.read, .write])),
            grant(container, DeviceRule(.loop3, .all)),
        ]
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(DeviceRule(.loop3, .all)) == true)
        try rules.revoke(grants[2])
        #expect(try container.groups.permits(DeviceRule(.loop3, .write)) == false)
        #expect(try container.groups.permits(DeviceRule(.loop3, .read)) == true)
        try rules.revoke(grants[0])
        #expect(try container.groups.permits(DeviceRule(.loop3, .read)) == false)
        #expect(try container.groups.permits(DeviceRule(.loop4, .read)) == true)
        try rules.revoke(grants[1])
        #expect(try code(container) == before)
    }

    @Test func everyProgramThatDeniesIsChanged() throws {
        let scope = try TestGroup.denying(in: top.directory)
        let container = try TestGroup.denying(in: top.directory, below: scope)
        try container.attachDenial()
        // Another one beside the scope: what is above it is others' too.
        let sibling = try TestGroup(in: top.directory)
        let before = try [code(scope), code(container)]
        #expect(before[1].count == 2)
        for grant in try rules.plan(rule, for: container.groups) { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        try rules.revoke(grant(container))
        #expect(try [code(scope), code(container)] == before)
        _ = sibling
    }

    @Test func whatIsSharedWithOthersIsNotOpened() throws {
        let slice = try TestGroup.denying(in: top.directory)
        let container = try TestGroup.denying(in: top.directory, below: slice)
        let sibling = try TestGroup(in: top.directory, below: slice)
        let before = try code(slice)
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant(container)) }
        #expect(error?.code == .overruled)
        #expect(try code(slice) == before)
        #expect(try sibling.groups.permits(rule) == false)
        try rules.revoke(grant(container))
    }

    /// What systemd-nspawn makes of a unit: one group for itself, and one for its container.
    @Test func theGroupOfNspawnItselfIsNobodyElses() throws {
        let scope = try TestGroup.denying(in: top.directory)
        let names = ["payload", "supervisor"].map { scope.directory.appending($0) }
        try makeDirectories(names[0])
        try makeDirectories(names[1])
        defer { _ = try? sh("rmdir \(names[0]) \(names[1])") }
        let container = DeviceControlGroups(
            v2: ControlGroup(hierarchy: top.directory, path: "\(scope.group.path)/payload"))
        let grants = try rules.plan(rule, for: container)
        #expect(grants.count == 1)
        for grant in grants { try rules.apply(grant) }
        #expect(try container.permits(rule) == true)
        for grant in grants { try rules.revoke(grant) }
        #expect(try container.permits(rule) == false)

        // Any other name is somebody's.
        let other = scope.directory.appending("others")
        try makeDirectories(other)
        defer { _ = try? sh("rmdir \(other)") }
        let error = #expect(throws: DeviceAccessError.self) { try rules.plan(rule, for: container) }
        #expect(error?.code == .notSupported)
    }

    @Test func nothingIsLeftAboveWhenTheGroupHasGone() throws {
        let scope = try TestGroup.denying(in: top.directory)
        let sibling = try TestGroup(in: top.directory)
        let before = try code(scope)
        var container: TestGroup? = try TestGroup(in: top.directory, below: scope)
        let grant = try grant(#require(container))
        try rules.apply(grant)
        #expect(try code(scope) != before)
        container = nil
        try rules.revoke(grant)
        #expect(try code(scope) == before)
        _ = sibling
    }

    @Test func itIsLostWhenTheOwnerAttachesItsOwnAgain() throws {
        let container = try TestGroup.denying(in: top.directory)
        try rules.apply(grant(container))
        try container.attachDenial()
        #expect(try container.groups.permits(rule) == false)
        // Which is seen, and put right by another look.
        for grant in try rules.plan(rule, for: container.groups) { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        try rules.revoke(grant(container))
        #expect(try code(container) == [[.set(.r0, 0), .exit], [.set(.r0, 0), .exit]])
    }

    @Test func programsThatCannotBeLoadedAgainAreRefused() throws {
        let table = try BPFOverrideMap()
        for (program, word) in [
            ([.set(.r1, 0), .call(.setReturnValue), .set(.r0, 0), .exit], "it calls functions"),
            ([.setMap(.r1, descriptor: table.descriptor.file.rawValue), .second, .set(.r0, 0), .exit], "in a map"),
        ] as [([Instruction], String)] {
            let container = try TestGroup(in: top.directory)
            try BPFProgram(program, name: "unlike").attach(to: open(container))
            let error = #expect(throws: DeviceAccessError.self) { try rules.plan(rule, for: container.groups) }
            #expect(error?.code == .notSupported)
            #expect("\(error, default: "")".contains(word))
        }
    }

    /// A link keeps a program attached as long as its owner lives, and admits no exchange but through itself.
    @Test func aProgramOfALinkIsExchangedThroughThat() throws {
        let container = try TestGroup(in: top.directory)
        let place = try open(container)
        let original = try BPFProgram([.set(.r0, 0), .exit], name: "linked")
        let link = try TestLink(original, to: place)
        // Another one that is no link's, and a link of the same program elsewhere.
        let sibling = try TestGroup(in: top.directory)
        let other = try TestLink(original, to: open(sibling))
        try container.attachDenial()
        let before = try programs(container)
        let elsewhere = try programs(sibling)
        #expect(before.count == 2)

        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [try grant(container)])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try container.groups.permits(DeviceRule(.loop4, .read)) == false)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try Set(programs(container)).isDisjoint(with: before))
        #expect(try programs(sibling) == elsewhere)
        #expect(try rules.plan(rule, for: container.groups) == [])

        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        // The link has its owner's own program again, which that still holds.
        #expect(try programs(container)[0] == before[0])
        for grant in grants { try rules.revoke(grant) }
        // Its owner goes on as if nothing had been.
        let next = try BPFProgram([.set(.r0, 1), .exit], name: "next")
        try link.hold(next)
        #expect(try programs(container).contains(next.id()))
        _ = other
    }

    /// It is seen when the link holds another program than was thought, which a link of libbpf's owner may at any time.
    @Test func aLinkWithAnotherProgramIsNoneOfOurs() throws {
        let container = try TestGroup(in: top.directory)
        let place = try open(container)
        let first = try BPFProgram([.set(.r0, 0), .exit], name: "first")
        let second = try BPFProgram([.set(.r0, 1), .exit], name: "second")
        let owners = try TestLink(first, to: place)
        guard let link = try BPFLink(of: first.id(), to: container.id) else {
            Issue.record("there is a link")
            return
        }
        try owners.hold(second)
        do throws(SystemError) {
            try link.update(from: first, to: second)
            Issue.record("it holds another program")
        } catch {
            #expect(error.code == .noSuchFileOrDirectory)
        }
        if case .some = try BPFLink(of: first.id(), to: container.id) { Issue.record("it is another's") }
        #expect(throws: SystemError.self) { try second.replace(first, in: place) }
    }

    /// A program at the top that gives way to those below it, and admits none beside it: no override is possible.
    @Test func itIsChosenWhereNothingCanBeOverridden() throws {
        let rules = DeviceRules(stateDirectory: folder.path)
        try BPFProgram([.set(.r0, 1), .exit], name: "yielding").attach(to: open(top), flags: 1)
        let container = try TestGroup.denying(in: top.directory)
        #expect(try rules.plan(rule, for: container.groups) == [grant(container)])
        // And where neither is, both are named.
        let other = try TestGroup(in: top.directory)
        try BPFProgram([.set(.r1, 0), .call(.setReturnValue), .set(.r0, 0), .exit], name: "calls").attach(
            to: open(other))
        let error = #expect(throws: DeviceAccessError.self) { try rules.plan(rule, for: other.groups) }
        #expect(error?.code == .notSupported)
        let text = "\(error, default: "")"
        #expect(text.contains("admit no other one") && text.contains("it calls functions"), "\(text)")
    }

    /// While rules come and go an opener in the group never gets what it may not have, and never misses what it may.
    @Test func noMomentIsWrong() throws {
        let container = try TestGroup(in: top.directory)
        // Allows c 1:3 and nothing else, as the engines' own do.
        let null = DeviceRule(DeviceNumber(.character, 1, 3), .all)
        let block = ProgramPrologue(group: 1, original: 0, rule: null)
        try BPFProgram(block.instructions + [.set(.r0, 0), .exit], name: "engine").attach(to: open(container))
        let script = """
            echo $$ > '\(container.directory)/cgroup.procs'
            while [ ! -e '\(folder.path)/end' ]; do
                : < /dev/null || echo missed
                (: < /dev/zero) 2> /dev/null && echo opened
            done
            echo done
            """
        let opener = try RunningCommand(["sh", "-c", script])
        try until("grep -q \(opener.id) '\(container.directory)/cgroup.procs'")
        for _ in 0..<30 {
            try rules.apply(grant(container))
            try rules.revoke(grant(container))
        }
        try sh("touch '\(folder.path)/end'")
        #expect(try opener.wait().output == "done\n")
    }
}
