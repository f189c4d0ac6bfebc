internal import LinuxSystem
internal import SystemPackage

/// Rules that are requested of a container's ``DeviceRuleDelegate``.
struct EngineRequest: RuleMeans {
    static let tag = "request"

    static func description(of change: RuleChange) -> String { "\(change.rule) in \(change.directory), by its owner" }

    static func method(of change: RuleChange) -> String { "a request to the owner of \(change.directory)" }

    let context: RuleContext

    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        guard let delegate = context.delegate else {
            throw Self.notPossible(attempt, "its engine changes no rules while a container runs")
        }
        let (inode, programs) = try attemptingInGroup(attempt) { () throws(SystemError) in
            let group = try Descriptor.open(group.directory, options: .directory)
            return (try group.status().identity.inode, try BPFProgram.attached(to: group))
        }
        // Then the denial comes from a group above, which is another's.
        guard !programs.isEmpty else { throw Self.notPossible(attempt, "\(delegate.name) filters nothing there") }
        if try DeviceControlGroups(v2: group).permits(rule) == true { return [] }
        return [RuleChange(Self.self, in: group.directory, group: inode, rule)]
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        try change.requireGroup(attempt)
        try ask(change.rule, true, attempt)
        stopPoint()
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        guard try change.isGroupPresent(attempt) else { return }
        try ask(change.rule, false, attempt)
    }

    private func ask(_ rule: DeviceRule, _ isAllowed: Bool, _ attempt: String) throws(DeviceAccessError) {
        guard let delegate = context.delegate else {
            throw Self.notPossible(attempt, "the engine that was asked is not found")
        }
        try attempting(attempt) { () throws(SystemError) in
            try delegate.request(rule.device, rule.access.description, isAllowed)
        }
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "nobody can be asked for a rule: \(why)")
    }
}
