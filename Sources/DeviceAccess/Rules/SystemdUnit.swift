internal import LinuxSystem
internal import SystemPackage

/// Rules in the `DeviceAllow=` of the systemd unit in which a container runs, when that alone filters its devices. systemd
/// keeps them when it reloads or changes the unit later.
struct SystemdUnit: RuleMeans {
    static let tag = "unit"

    static func description(of change: RuleChange) -> String { "\(change.rule) in the unit of \(change.directory)" }

    static func method(of change: RuleChange) -> String {
        "DeviceAllow= of the unit \(change.directory.lastComponent?.string ?? "")"
    }

    let context: RuleContext

    /// Plans what the unit of the container's group lacks, or that of a group above that holds nothing else.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        var filtering: [FilePath] = []
        for level in try group.exclusiveAncestors(attempt) {
            let programs = try attemptingInGroup(attempt) { () throws(SystemError) in
                try BPFProgram.attached(to: Descriptor.open(level, options: .directory))
            }
            filtering += programs.map { _ in level }
        }
        // Another program beside systemd's would still deny the device.
        guard filtering.count == 1 else { throw Self.notPossible(attempt, "\(filtering.count) programs filter there") }
        let level = filtering[0]
        guard let unit = try SystemdDeviceAllow(of: level), unit.isFiltered else {
            throw Self.notPossible(attempt, "\(level) belongs to no unit whose devices systemd filters")
        }
        let missing = rule.access.subtracting(unit.access(of: rule.device))
        guard !missing.isEmpty else { return [] }
        let inode = try attemptingInGroup(attempt) { () throws(SystemError) in try FileStatus.of(level).identity.inode }
        return [RuleChange(Self.self, in: level, group: inode, DeviceRule(rule.device, missing))]
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let rule = change.rule
        let lock = try context.lock.take(attempt)
        try change.requireGroup(attempt)
        guard let unit = try SystemdDeviceAllow(of: change.directory) else { throw .groupGone(attempt) }
        try unit.setAccess(of: rule.device, unit.access(of: rule.device).union(rule.access))
        stopPoint()
        _ = consume lock
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        let rule = change.rule
        let lock = try context.lock.take(attempt)
        guard try change.isGroupPresent(attempt), let unit = try SystemdDeviceAllow(of: change.directory) else {
            return
        }
        let access = unit.access(of: rule.device)
        if !access.isDisjoint(with: rule.access) {
            try unit.setAccess(of: rule.device, access.subtracting(rule.access))
        }
        _ = consume lock
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "no unit can be told to allow a device: \(why)")
    }
}

/// A unit of the running systemd, and the devices that it allows: `DevicePolicy=` and `DeviceAllow=`,
/// systemd.resource-control(5). It is read and changed by systemctl(1).
struct SystemdDeviceAllow {
    let name: String
    /// Whether systemd filters its devices. It does not with the policy `auto` and an empty list.
    let isFiltered: Bool
    /// The entries of the list: a node of the host or a class of devices, and the access, `/dev/null rwm`.
    private let devices: [String]

    /// Reads the unit of a control group. Returns nil when the group belongs to no unit of the systemd that answers here.
    ///
    /// - Throws: `notSupported` when no systemd answers.
    init?(of group: FilePath) throws(DeviceAccessError) {
        // A slice holds many units. Units of the other types hold no container.
        guard let name = group.lastComponent?.string, name.hasSuffix(".service") || name.hasSuffix(".scope") else {
            return nil
        }
        let attempt = "read the unit of \(group)"
        let run = try attemptingInGroup(attempt) { () throws(SystemError) in
            try extendedAttribute("trusted.invocation_id", of: group)
        }
        guard let run else { return nil }
        let output = try Self.systemctl(
            ["show", "--property=InvocationID,DevicePolicy,DeviceAllow", "--", name], attempt)
        func values(_ property: String) -> [String] {
            output.split(separator: "\n").filter { $0.hasPrefix(property + "=") }.map {
                String($0.dropFirst(property.count + 1))
            }
        }
        // The invocation ID tells this start of this unit from all others, and from groups that only have such a name.
        guard values("InvocationID") == [run] else { return nil }
        self.name = name
        devices = values("DeviceAllow").filter { !$0.isEmpty }
        isFiltered = values("DevicePolicy") != ["auto"] || !devices.isEmpty
    }

    /// Returns the access of the list's entry for that very device, as ``setAccess(of:_:)`` writes it.
    func access(of device: DeviceNumber) -> DeviceRule.Access {
        let entry = devices.last { $0.hasPrefix(Self.path(device) + " ") }
        return entry?.split(separator: " ").last.flatMap { DeviceRule.Access($0) } ?? []
    }

    /// Sets the access to a device until the unit stops or the machine restarts. systemd has replaced its program when this
    /// returns. An empty access removes the entry, for which systemd requires the whole list again, in one message.
    func setAccess(of device: DeviceNumber, _ access: DeviceRule.Access) throws(DeviceAccessError) {
        let path = Self.path(device)
        let list = access.isEmpty ? [""] + devices.filter { !$0.hasPrefix(path + " ") } : ["\(path) \(access)"]
        _ = try Self.systemctl(
            ["set-property", "--runtime", "--", name] + list.map { "DeviceAllow=" + $0 },
            "change the devices of \(name)")
    }

    /// A path from which systemd takes the numbers, whether it exists or not.
    private static func path(_ device: DeviceNumber) -> String {
        "/dev/\(device.kind == .block ? "block" : "char")/\(device.major):\(device.minor)"
    }

    private static func systemctl(
        _ arguments: [String], _ attempt: String
    ) throws(DeviceAccessError) -> String {
        let reason: String
        do throws(SystemError) {
            let end = try runProgram("systemctl", arguments)
            if end.status == 0 { return end.output }
            reason = "systemctl \(arguments[0]): \(end.output.split(separator: "\n").last ?? "status \(end.status)")"
        } catch {
            if error.isShortage { throw DeviceAccessError(error, attempt) }
            reason = error.description
        }
        throw DeviceAccessError(.notSupported, attempt, reason)
    }
}
