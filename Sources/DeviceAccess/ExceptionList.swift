internal import LinuxSystem
internal import SystemPackage

/// The `devices.list` of a version 1 group: Linux, `Documentation/admin-guide/cgroup-v1/devices.rst`.
///
/// A group denies by default, and lists what it allows; or it allows by default, and then the kernel lists that only,
/// and not what it denies.
struct ExceptionList: Hashable {
    /// A line. Nil stands for `*`: every device.
    private struct Line: Hashable {
        let kind: DeviceNumber.Kind
        let major: UInt32?
        let minor: UInt32?
        let access: DeviceRule.Access
    }

    private var lines: Set<Line> = []
    /// Whether what is not listed is allowed.
    let allowsByDefault: Bool

    init(_ text: String) {
        var allowsByDefault = false
        // As bytes: to take a long list apart by characters takes three times as long.
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ":") }.map(Substring.init)
            guard fields.count == 4, let access = DeviceRule.Access(fields[3]) else { continue }
            if let kind = DeviceNumber.Kind(rawValue: String(fields[0])) {
                lines.insert(Line(kind: kind, major: UInt32(fields[1]), minor: UInt32(fields[2]), access: access))
            } else {
                allowsByDefault = true
            }
        }
        self.allowsByDefault = allowsByDefault
    }

    /// Reads a group's.
    init(of group: FilePath) throws(SystemError) {
        self.init(try readText(group.appending("devices.list")))
    }

    /// Whether one line allows all that a rule says: the kernel does not add lines up.
    func permits(_ rule: DeviceRule) -> Bool {
        allowsByDefault
            || lines.contains {
                $0.kind == rule.device.kind && ($0.major ?? rule.device.major) == rule.device.major
                    && ($0.minor ?? rule.device.minor) == rule.device.minor && $0.access.isSuperset(of: rule.access)
            }
    }

    /// What the line of that very device allows. Those with `*` are others.
    func access(of device: DeviceNumber) -> DeviceRule.Access {
        lines.filter { $0.kind == device.kind && $0.major == device.major && $0.minor == device.minor }
            .reduce(into: []) { $0.formUnion($1.access) }
    }
}
