internal import LinuxSystem
internal import SystemPackage

/// The map in which a group's owner has its own program look rules up: that of libvirt, for its LXC and QEMU domains.
///
/// Its key is two numbers, minor and major, where 0xffffffff stands for any; its value is what bpf_cgroup_dev_ctx asks
/// for, access << 16 | type. The program looks up major:minor, major:any, any:minor, any:any, and allows what is whole in
/// one of them. So has it been since libvirt 5.10, which first had it.
struct LibvirtDeviceMap: ~Copyable {
    private static let layout = BPFMap.Layout(name: "", keySize: 8, valueSize: 4)
    private static let any = UInt32.max

    /// The kernel's digest of that program's instructions, `tag` of `struct bpf_prog_info`: by SHA-1, and by SHA-256 since
    /// Linux 6.18. A program with another one may look for something else in a map like that: it is nobody's to guess.
    static let digests: Set<String> = ["b95e404d31962705", "9b92522e365f8863"]

    private let map: BPFMap

    /// The table of a program, by the program's number. Nil when it is not that of libvirt's.
    init?(ofProgram id: UInt32) throws(SystemError) {
        let program: BPFProgram
        do throws(SystemError) {
            program = try BPFProgram(id: id)
        } catch {
            // It has been detached since its number was read.
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
        guard Self.digests.contains(try program.digest()) else { return nil }
        let maps = try program.information().maps
        guard maps.count == 1, let map = try BPFMap(id: maps[0], Self.layout) else { return nil }
        self.map = map
    }

    /// Whether the program lets that pass.
    func permits(_ rule: DeviceRule) throws(SystemError) -> Bool {
        let (major, minor) = (rule.device.major, rule.device.minor)
        let asked = Self.value(rule)
        for (major, minor) in [(major, minor), (major, Self.any), (Self.any, minor), (Self.any, Self.any)]
        where try value(major, minor) & asked == asked {
            return true
        }
        return false
    }

    /// What the entry of just that device allows. Nil when that is about the device of the other type as well: an entry
    /// gives both the same.
    func access(of device: DeviceNumber) throws(SystemError) -> DeviceRule.Access? {
        let present = try value(device.major, device.minor)
        guard present & 0xffff == 0 || present & 0xffff == device.programType else { return nil }
        return DeviceRule.Access(rawValue: present >> 16)
    }

    /// Says what that device may be used for. With nothing, its entry goes. E2BIG: the table is full.
    func setAccess(of device: DeviceNumber, _ access: DeviceRule.Access) throws(SystemError) {
        let key = Self.key(device.major, device.minor)
        guard !access.isEmpty else { return try map.remove(key) }
        let value = KernelMemory(count: 4)
        value.set(Self.value(DeviceRule(device, access)), at: 0)
        try map.set(value, of: key)
    }

    private func value(_ major: UInt32, _ minor: UInt32) throws(SystemError) -> UInt32 {
        guard let value = try map.value(of: Self.key(major, minor)) else { return 0 }
        return value.value(at: 0)
    }

    private static func value(_ rule: DeviceRule) -> UInt32 { rule.access.rawValue << 16 | rule.device.programType }

    private static func key(_ major: UInt32, _ minor: UInt32) -> KernelMemory {
        let key = KernelMemory(count: 8)
        key.set(UInt64(major) << 32 | UInt64(minor), at: 0)
        return key
    }
}
