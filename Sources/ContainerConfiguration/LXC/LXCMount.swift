internal import Containers
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// An `lxc.mount.entry` that gives a container a node of the host's: `/dev/fuse dev/fuse none bind,optional,create=file`.
struct LXCMount {
    /// The host's node.
    let node: String
    /// Its path in the container. Nil: it is given as one of the host's, which LXC understands with exceptions.
    let target: String?
    /// Whether the device rules of its number, as that is now, allow reading alone.
    let isReadOnly: Bool
    /// The included file in which it stands.
    let file: String?
    /// The value.
    let text: String

    /// What kind of device it is. Nil: that cannot be known, since the host has no such node now and no rule says it.
    let kind: DeviceNumber.Kind?

    /// Nil for other mounts. `before` is what the configuration says right before it.
    private init?(
        _ setting: LXCConfig.Setting, after before: LXCConfig.Setting?, in settings: [LXCConfig.Setting]
    ) throws {
        let fields = setting.value.fields
        guard setting.key == LXCConfig.mountEntry, fields.count > 3, fields[0].hasPrefix("/dev/"),
            fields[3].split(separator: ",").contains(where: { $0 == "bind" || $0 == "rbind" })
        else { return nil }
        let status = try hostNode(String(fields[0]))
        // /dev/dri, /dev/shm.
        if let status, status.device == nil { return nil }
        if status == nil, fields[3].split(separator: ",").contains("create=dir") { return nil }
        node = String(fields[0])
        target = fields[1].hasPrefix("/") ? nil : "/" + fields[1]
        text = setting.value
        file = setting.file
        let own = before.flatMap { LXCConfig.deviceRules.contains($0.key) ? $0 : nil }
        kind = status?.device?.kind ?? own.flatMap { DeviceNumber.Kind(rawValue: String($0.value.prefix(1))) }
        let rules =
            if let device = status?.device {
                settings.filter { LXCConfig.deviceRules.contains($0.key) && Self.isRule($0.value, for: device) }
            } else {
                [own].compactMap(\.self)
            }
        isReadOnly = !rules.isEmpty && !rules.contains { $0.value.split(separator: " ").last?.contains("w") ?? false }
    }

    static func all(_ settings: [LXCConfig.Setting]) throws -> [LXCMount] {
        try settings.enumerated().compactMap { number, setting in
            try LXCMount(setting, after: number > 0 ? settings[number - 1] : nil, in: settings)
        }
    }

    /// How all mounts end that hostdev writes.
    private static let ownForm = "none bind,optional,create=file"
    /// Whether it has the form of those.
    var isOurs: Bool { text.hasSuffix(" " + Self.ownForm) }

    /// The lines that give a container a node, the mount last.
    static func lines(_ node: ConfiguredNodes.Node, isReadOnly: Bool, keys: [String]) -> [String] {
        // Without optional, LXC would not start the container when the device is not there; what is mounted on is made.
        let mount = "\(node.path) \(node.target.dropFirst()) \(ownForm)"
        let rule = "\(node.number) \(isReadOnly ? "r" : "rw")"
        return keys.map { "\($0) = \(rule)" } + ["\(LXCConfig.mountEntry) = \(mount)"]
    }

    /// Whether a device rule is about this number, or about all of its driver or kind.
    static func covers(_ rule: String, _ number: DeviceNumber) -> Bool {
        let kind = number.kind.rawValue
        let all = ["\(kind) \(number.major):* ", "\(kind) *:* ", "a"]
        return isRule(rule, for: number) || all.contains(where: rule.hasPrefix)
    }

    /// Whether a device rule is about just this number: `c 10:229 rwm`.
    static func isRule(_ rule: String, for number: DeviceNumber) -> Bool { rule.hasPrefix("\(number) ") }
}
