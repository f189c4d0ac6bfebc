import LinuxSystem
import Synchronization
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess

/// Rules that the owner of a group is asked for: staged owners, whose program is another or stays. Every kernel that these
/// tests run on can override denials, so that is ruled out.
struct EngineRequestTests {
    let folder: TemporaryFolder
    let container: TestGroup
    let rule = DeviceRule(.loop3, [.read, .write])

    init() throws {
        folder = try TemporaryFolder()
        container = try TestGroup(in: TestGroup.unified)
    }

    private func rules(_ request: DeviceRuleDelegate.Request?) -> DeviceRules {
        var rules = DeviceRules(
            stateDirectory: folder.path, delegate: request.map { DeviceRuleDelegate("the owner", request: $0) })
        rules.context.allowsOverride = false
        return rules
    }

    private func grant() throws -> RuleChange {
        RuleChange(EngineRequest.self, in: container.directory, group: try container.id, rule)
    }

    /// Has one program, which it exchanges as it is asked.
    private final class Owner: Sendable {
        let asked = Mutex<[String]>([])
        let group: FilePath

        init(_ group: TestGroup) throws {
            self.group = group.directory
            try group.attachDenial()
        }

        func ask(_ device: DeviceNumber, _ access: String, _ isAllowed: Bool) throws(SystemError) {
            asked.withLock { $0.append("\(isAllowed ? "allow" : "deny") \(device) \(access)") }
            let place = try Descriptor.open(group, options: .directory)
            let present = try BPFProgram(id: try BPFProgram.attached(to: place)[0])
            let rule = DeviceRule(device, DeviceRule.Access(access) ?? [])
            let block = ProgramPrologue(group: 0, original: 0, rule: rule)
            let next = try BPFProgram((isAllowed ? block.instructions : []) + [.set(.r0, 0), .exit], name: "owner")
            try next.replace(present, in: place)
        }
    }

    @Test func theOwnerIsAsked() throws {
        let owner = try Owner(container)
        let rules = rules(owner.ask)
        let grants = try rules.plan(rule, for: container.groups)
        #expect(grants == [try grant()])
        #expect(owner.asked.withLock(\.self) == [])
        for grant in grants { try rules.apply(grant) }
        #expect(try container.groups.permits(rule) == true)
        #expect(try rules.plan(rule, for: container.groups) == [])
        for grant in grants { try rules.revoke(grant) }
        #expect(try container.groups.permits(rule) == false)
        #expect(owner.asked.withLock(\.self) == ["allow b 7:3 rw", "deny b 7:3 rw"])
    }

    /// What denies is not the owner's: its programs are changed, if they can be.
    @Test func anOwnerWithoutAProgramIsNotAsked() throws {
        let scope = try TestGroup.denying()
        let inner = try TestGroup(in: TestGroup.unified, below: scope)
        let rules = rules { (_, _, _) in Issue.record("it is asked") }
        #expect(
            try rules.plan(rule, for: inner.groups) == [
                RuleChange(ProgramPatch.self, in: inner.directory, group: try inner.id, rule)
            ])
    }

    @Test func anOwnerThatDoesNothingIsNotBelieved() throws {
        try container.attachDenial()
        let rules = rules { (_, _, _) in }
        let error = #expect(throws: DeviceAccessError.self) { try rules.apply(grant()) }
        #expect(error?.code == .overruled)
    }

    @Test func anOwnerThatRefusesIsSaid() throws {
        try container.attachDenial()
        let rules = rules { (_, _, _) throws(SystemError) in throw SystemError(.connectionRefused, "ask", "the owner") }
        for change in [rules.apply, rules.revoke] as [(RuleChange) throws -> Void] {
            let error = #expect(throws: DeviceAccessError.self) { try change(grant()) }
            #expect("\(error, default: "")".contains("ask the owner"))
        }
    }

    /// The engine that was asked is not there any more: with its container all is well, else it is said.
    @Test func nobodyToAskIsSaid() throws {
        try container.attachDenial()
        let error = #expect(throws: DeviceAccessError.self) { try rules(nil).revoke(grant()) }
        #expect(error?.code == .notSupported)
        try rules(nil).revoke(RuleChange(EngineRequest.self, in: container.directory, group: 1, rule))
        #expect(throws: DeviceAccessError.self) {
            try rules(nil).apply(RuleChange(EngineRequest.self, in: container.directory, group: 1, rule))
        }
    }
}
