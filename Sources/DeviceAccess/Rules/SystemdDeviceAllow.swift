internal import LinuxSystem
internal import SystemPackage

/// A unit of the running systemd, and the devices that it allows: `DevicePolicy=` and `DeviceAllow=`,
/// systemd.resource-control(5). systemd is asked by systemctl(1).
struct SystemdDeviceAllow {
    let name: String
    /// Whether systemd filters its devices: not with the policy `auto` and no device that is allowed.
    let isFiltered: Bool
    /// What is allowed: a node of the host's or a class of devices, and for what, `/dev/null rwm`.
    private let devices: [String]

    /// The unit whose control group that is. Nil when it is nobody's, or not of the systemd that answers here.
    ///
    /// - Throws: `notSupported` when none answers.
    init?(of group: FilePath) throws(DeviceAccessError) {
        // A slice is of many; of the other types none has a container in it.
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
        // It tells this run of this unit from all others, and from groups that only have such a name.
        guard values("InvocationID") == [run] else { return nil }
        self.name = name
        devices = values("DeviceAllow").filter { !$0.isEmpty }
        isFiltered = values("DevicePolicy") != ["auto"] || !devices.isEmpty
    }

    /// What the unit's list says of just that device, in the words that ``setAccess(of:_:)`` puts there.
    func access(of device: DeviceNumber) -> DeviceRule.Access {
        let entry = devices.last { $0.hasPrefix(Self.path(device) + " ") }
        return entry?.split(separator: " ").last.flatMap { DeviceRule.Access($0) } ?? []
    }

    /// Says what that device may be used for, until the unit stops or the machine does; systemd has attached its program
    /// anew when this returns. With nothing, the entry goes: for that systemd wants the whole list again, in one message.
    func setAccess(of device: DeviceNumber, _ access: DeviceRule.Access) throws(DeviceAccessError) {
        let path = Self.path(device)
        let list = access.isEmpty ? [""] + devices.filter { !$0.hasPrefix(path + " ") } : ["\(path) \(access)"]
        _ = try Self.systemctl(
            ["set-property", "--runtime", "--", name] + list.map { "DeviceAllow=" + $0 },
            "change the devices of \(name)")
    }

    /// systemd takes the numbers from such a path, whether it is there or not.
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
