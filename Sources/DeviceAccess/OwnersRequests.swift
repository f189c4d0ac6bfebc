internal import LinuxSystem
internal import SystemPackage

/// Rules that a ``RuleOwner`` is asked for.
struct OwnersRequests: Sendable {
    /// Nil: nobody can be asked.
    let owner: RuleOwner?

    /// What has to be asked for a container.
    func look(_ rule: DeviceRule, for group: ControlGroup) throws(DeviceAccessError) -> [Grant] {
        let attempt = "look at the device programs of \(group.directory)"
        guard let owner else { throw Self.notPossible(attempt, "its engine takes no rules while a container runs") }
        let (inode, programs) = try attemptingInGroup(attempt) { () throws(SystemError) in
            let group = try Descriptor.open(group.directory, options: .directory)
            return (try group.status().identity.inode, try DeviceProgram.attached(to: group))
        }
        // What denies is another's, above.
        guard !programs.isEmpty else { throw Self.notPossible(attempt, "\(owner.name) filters nothing there") }
        if try DeviceControlGroups(v2: group).permits(rule) == true { return [] }
        return [.request(group: group.directory, inode: inode, rule: rule)]
    }

    func allow(_ rule: DeviceRule, in group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        let attempt = "allow \(rule) in \(group)"
        guard (try? FileStatus.of(group))?.identity.inode == inode else { throw .groupGone(attempt) }
        try ask(rule, true, attempt)
        stopPoint()
        guard try DeviceControlGroups(v2: ControlGroup(at: group)).permits(rule) != false else {
            throw .overruled(attempt)
        }
    }

    func remove(_ rule: DeviceRule, from group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        guard (try? FileStatus.of(group))?.identity.inode == inode else { return }
        try ask(rule, false, "deny \(rule) in \(group)")
    }

    private func ask(_ rule: DeviceRule, _ isAllowed: Bool, _ attempt: String) throws(DeviceAccessError) {
        guard let owner else { throw Self.notPossible(attempt, "it was its engine's, which is not to be found") }
        try attempting(attempt) { () throws(SystemError) in
            try owner.request(rule.device, rule.access.description, isAllowed)
        }
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        DeviceAccessError(
            .notSupported, attempt, "nobody can be asked for a rule: \(why)",
            remedy: "have the container's engine allow the device")
    }
}
