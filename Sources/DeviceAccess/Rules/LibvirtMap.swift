internal import LinuxSystem
internal import SystemPackage

/// Rules in the map of the program that a group's owner has attached, when that is a ``LibvirtDeviceMap``. They stay when the
/// owner changes its own rules, and when it replaces the map by a larger one.
struct LibvirtMap: RuleMeans {
    static let tag = "entry"

    static func description(of change: RuleChange) -> String { "\(change.rule) in the table of \(change.directory)" }

    static func method(of change: RuleChange) -> String { "an entry in the table of \(change.directory)" }

    let context: RuleContext

    /// Plans the entry that the container lacks, in the map of its group or of a group above that holds nothing else.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        for level in try group.exclusiveAncestors(attempt) {
            let (inode, finding) = try attemptingInGroup(attempt) { () throws(SystemError) in
                (try FileStatus.of(level).identity.inode, try Self.find(rule, in: level))
            }
            switch finding {
            case .lacks([]): return []
            case .lacks(let access):
                return [RuleChange(Self.self, in: level, group: inode, DeviceRule(rule.device, access))]
            case .unknown: continue
            case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
            }
        }
        throw Self.notPossible(attempt, "there is no known one")
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let rule = change.rule
        try change.requireGroup(attempt)
        let lock = try context.lock.take(attempt)
        switch try edit(rule.device, in: change.directory, attempt, { $0.union(rule.access) }) {
        case .lacks: break
        case .unknown: throw Self.notPossible(attempt, "the owner has attached another program meanwhile")
        case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
        }
        _ = consume lock
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        guard try change.isGroupPresent(attempt) else { return }
        let lock = try context.lock.take(attempt)
        do throws(DeviceAccessError) {
            // Another map has no entry of this change.
            _ = try edit(change.rule.device, in: change.directory, attempt) {
                $0.subtracting(change.rule.access)
            }
        } catch {
            guard error.code == .groupGone else { throw error }
        }
        _ = consume lock
    }

    /// What the programs of a group allow of a rule.
    private enum Finding {
        /// Their map lacks this access.
        case lacks(DeviceRule.Access)
        /// They have no known map.
        case unknown
        /// The map's entry for these numbers is also one for the device of the other type.
        case shared
    }

    private static func find(_ rule: DeviceRule, in group: FilePath) throws(SystemError) -> Finding {
        for id in try BPFProgram.attached(to: Descriptor.open(group, options: .directory)) {
            guard let table = try LibvirtDeviceMap(ofProgram: id) else { continue }
            if try table.permits(rule) { return .lacks([]) }
            guard let access = try table.access(of: rule.device) else { return .shared }
            return .lacks(rule.access.subtracting(access))
        }
        return .unknown
    }

    private func edit(
        _ device: DeviceNumber, in group: FilePath, _ attempt: String,
        _ body: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(DeviceAccessError) -> Finding {
        do throws(SystemError) {
            let place = try Descriptor.open(group, options: .directory)
            while true {
                let programs = try BPFProgram.attached(to: place)
                let finding = try Self.edit(device, in: programs, body)
                stopPoint()
                // The owner may have replaced the map by a larger copy, made before this change.
                if try BPFProgram.attached(to: place) == programs { return finding }
            }
        } catch {
            guard error.code == .argListTooLong else { throw .ofGroup(error, attempt) }
            throw DeviceAccessError(
                .occupied, attempt, "the table is full", remedy: "have the container's engine allow the device")
        }
    }

    private static func edit(
        _ device: DeviceNumber, in programs: [UInt32], _ body: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(SystemError) -> Finding {
        for id in programs {
            guard let table = try LibvirtDeviceMap(ofProgram: id) else { continue }
            guard let access = try table.access(of: device) else { return .shared }
            try table.setAccess(of: device, body(access))
            return .lacks([])
        }
        return .unknown
    }

    private static func sharedEntry(_ device: DeviceNumber) -> String {
        "the table has one entry for \(device) and the device of the other type with these numbers"
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "no rule can be added to a table: \(why)")
    }
}

/// The map in which libvirt's device program looks rules up, for its LXC and QEMU domains: libvirt 5.10 and later,
/// `src/util/virbpf.c` and `src/util/vircgroupv2devices.c`.
///
/// The key is the minor and the major number, where 0xffffffff stands for any. The value is as in `struct bpf_cgroup_dev_ctx`:
/// access << 16 | type. The program looks up major:minor, major:any, any:minor and any:any, and allows an access that is
/// entirely in one of them.
struct LibvirtDeviceMap: ~Copyable {
    private static let layout = BPFMap.Layout(name: "", keySize: 8, valueSize: 4)
    private static let any = UInt32.max

    /// The kernel's digest of that program's instructions, `tag` of `struct bpf_prog_info`: by SHA-1, and by SHA-256 since
    /// Linux 6.18. A program with another digest may read such a map in another way.
    static let digests: Set<String> = ["b95e404d31962705", "9b92522e365f8863"]

    private let map: BPFMap

    /// Opens the map of the program with an id. Returns nil when the program is not libvirt's.
    init?(ofProgram id: UInt32) throws(SystemError) {
        let program: BPFProgram
        do throws(SystemError) {
            program = try BPFProgram(id: id)
        } catch {
            // It has been detached since its id was read.
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
        guard Self.digests.contains(try program.digest()) else { return nil }
        let maps = try program.information().maps
        guard maps.count == 1, let map = try BPFMap(id: maps[0], Self.layout) else { return nil }
        self.map = map
    }

    /// Returns whether the program allows what a rule says.
    func permits(_ rule: DeviceRule) throws(SystemError) -> Bool {
        let (major, minor) = (rule.device.major, rule.device.minor)
        let asked = Self.value(rule)
        for (major, minor) in [(major, minor), (major, Self.any), (Self.any, minor), (Self.any, Self.any)]
        where try value(major, minor) & asked == asked {
            return true
        }
        return false
    }

    /// Returns what the entry of that very device allows. Returns nil when the entry is also for the device of the other type
    /// with these numbers, which gets the same access.
    func access(of device: DeviceNumber) throws(SystemError) -> DeviceRule.Access? {
        let present = try value(device.major, device.minor)
        guard present & 0xffff == 0 || present & 0xffff == device.programType else { return nil }
        return DeviceRule.Access(rawValue: present >> 16)
    }

    /// Sets the access to a device. An empty access removes the entry. The error is E2BIG when the map is full.
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
