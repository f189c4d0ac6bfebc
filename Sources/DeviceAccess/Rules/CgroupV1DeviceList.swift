internal import LinuxSystem
internal import SystemPackage

/// The `devices.list` of a version 1 group: Linux, `Documentation/admin-guide/cgroup-v1/devices.rst`.
///
/// A group denies by default, and lists what it allows; or it allows by default, and then the kernel lists that only,
/// and not what it denies.
struct CgroupV1DeviceList: Hashable {
    /// A line. Nil stands for `*`: every device.
    private struct Line: Hashable {
        let kind: DeviceNumber.Kind
        let major: UInt32?
        let minor: UInt32?
        let access: DeviceRule.Access
    }

    private var lines: Set<Line> = []
    /// Whether what is not listed is allowed.
    private(set) var allowsByDefault = false

    /// Reads lines such as `c 10:237 rwm`, byte for byte: a list may be long, and is read for every rule.
    init(_ bytes: [UInt8]) {
        lines.reserveCapacity(bytes.count / 12)
        var line = PartialLine()
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                if let complete = line.line { lines.insert(complete) }
                allowsByDefault = allowsByDefault || line.kind == UInt8(ascii: "a")
                line = PartialLine()
            case UInt8(ascii: " "), UInt8(ascii: ":"): line.field += 1
            default: line.add(byte)
            }
        }
    }

    /// A line as far as it has been read.
    private struct PartialLine {
        var field = 0
        private(set) var kind: UInt8 = 0
        private var major: UInt32?
        private var minor: UInt32?
        private var access: DeviceRule.Access = []

        mutating func add(_ byte: UInt8) {
            switch field {
            case 0: kind = byte
            case 1: Self.add(byte, to: &major)
            case 2: Self.add(byte, to: &minor)
            default:
                switch byte {
                case UInt8(ascii: "r"): access.insert(.read)
                case UInt8(ascii: "w"): access.insert(.write)
                case UInt8(ascii: "m"): access.insert(.makeNode)
                default: break
                }
            }
        }

        /// A digit; `*` leaves no number.
        private static func add(_ byte: UInt8, to number: inout UInt32?) {
            guard byte != UInt8(ascii: "*") else { return }
            number = (number ?? 0) &* 10 &+ UInt32(byte &- UInt8(ascii: "0"))
        }

        /// Nil for the line of all devices.
        var line: Line? {
            switch kind {
            case UInt8(ascii: "c"): Line(kind: .character, major: major, minor: minor, access: access)
            case UInt8(ascii: "b"): Line(kind: .block, major: major, minor: minor, access: access)
            default: nil
            }
        }
    }

    /// Reads a group's.
    init(of group: FilePath) throws(SystemError) {
        self.init(try readBytes(group.appending("devices.list")))
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
