import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// The program at the top of cgroup2 that clears denials for the rules in its table.
@Suite(.serialized)
struct OverrideTests {
    let folder: TemporaryFolder
    let rules: DeviceRules

    init() throws {
        folder = try TemporaryFolder()
        rules = DeviceRules(stateDirectory: folder.path)
    }

    private func ownPrograms() throws -> [String] {
        let top = try Descriptor.open(TestGroup.unified, options: .directory)
        return try DeviceProgram.attached(to: top).map { try DeviceProgram(id: $0).information().name }
            .filter { $0 == OverrideProgram.name }
    }

    @Test func onlyTheContainerIsAllowed() throws {
        let container = try TestGroup.denying()
        let nested = try TestGroup.denying(below: container)
        let sibling = try TestGroup.denying()
        let rule = DeviceRule(.loop3, [.read, .write])
        #expect(try container.groups.permits(rule) == false)

        let grants = try rules.look(rule, for: container.groups)
        #expect(grants == [.override(hierarchy: TestGroup.unified, id: try container.id, rule: rule)])
        for grant in grants { try rules.allow(grant) }
        defer { for grant in grants { try? rules.revoke(grant) } }
        #expect(try container.groups.permits(rule) == true)
        #expect(try nested.groups.permits(rule) == true)
        #expect(try sibling.groups.permits(rule) == false)
        #expect(try ownPrograms().count == 1)
        // It is there already: nothing more is needed.
        #expect(try rules.look(rule, for: container.groups) == [])

        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        #expect(try nested.groups.permits(rule) == false)
        // Again: it is no failure.
        for grant in grants { try rules.revoke(grant) }
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
        let container = try TestGroup.denying()
        let grant = Grant.override(
            hierarchy: TestGroup.unified, id: try container.id, rule: DeviceRule(.loop3, [.read, .write]))
        try rules.allow(grant)
        defer { try? rules.revoke(grant) }
        let asked = DeviceRule(try #require(DeviceNumber(device)), try #require(DeviceRule.Access(access)))
        #expect(try container.groups.permits(asked) == isAllowed)
    }
}

extension DeviceNumber {
    init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == ":" })
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), let major = UInt32(parts[1]),
            let minor = UInt32(parts[2])
        else { return nil }
        self.init(kind, major, minor)
    }
}
