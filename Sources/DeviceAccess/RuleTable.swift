internal import LinuxSystem
internal import SystemPackage

/// The map in which the override program looks rules up: BPF_MAP_TYPE_HASH, a rule's access by its group and device.
struct RuleTable: ~Copyable {
    static let name = "hostdev_rules"
    static let keySize = 24
    private static let valueSize = 4

    /// A group, by its number, and a device.
    struct Key: Hashable {
        let group: UInt64
        let device: DeviceNumber

        /// The layout that the program builds on its stack: the group, BPF_DEVCG_DEV_*, major, minor, four times zero.
        fileprivate var memory: KernelMemory {
            let memory = KernelMemory(count: keySize)
            memory.set(group, at: 0)
            memory.set(device.kind == .block ? 1 : 2 as UInt32, at: 8)
            memory.set(device.major, at: 12)
            memory.set(device.minor, at: 16)
            return memory
        }
    }

    let descriptor: Descriptor

    /// Makes an empty one. It holds 16,384 rules at most, whose memory comes with them; to make room for their index takes
    /// the kernel some 0.1 ms.
    init() throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(1, at: 0)  // BPF_MAP_TYPE_HASH
        attribute.set(UInt32(Self.keySize), at: 4)
        attribute.set(UInt32(Self.valueSize), at: 8)
        attribute.set(16_384, at: 12)
        attribute.set(1, at: 16)  // BPF_F_NO_PREALLOC
        attribute.memory.set(name: Self.name, at: 28)
        descriptor = try attribute.open(.createMap, Self.name)
    }

    /// Takes one by its number. Nil when it is not of this name and layout.
    init?(id: UInt32) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(id, at: 0)
        let descriptor = try attribute.open(.mapByID, "map \(id)")
        // struct bpf_map_info
        let information = KernelMemory(count: 40)
        try BPFAttribute.fill(information, about: descriptor.file)
        guard information.value(UInt32.self, at: 8) == UInt32(Self.keySize),
            information.value(UInt32.self, at: 12) == UInt32(Self.valueSize),
            information.text(at: 24, limit: 16) == Self.name
        else { return nil }
        self.descriptor = descriptor
    }

    /// What a group may do with a device. Nothing where there is no rule.
    func access(_ key: Key) throws(SystemError) -> DeviceRule.Access {
        let value = KernelMemory(count: Self.valueSize)
        guard try call(.lookUp, key.memory, value) else { return [] }
        return DeviceRule.Access(rawValue: value.value(at: 0))
    }

    /// Says what a group may do with a device. With nothing, the rule goes.
    func setAccess(_ key: Key, _ access: DeviceRule.Access) throws(SystemError) {
        let value = KernelMemory(count: Self.valueSize)
        value.set(access.rawValue, at: 0)
        _ = try call(access.isEmpty ? .delete : .update, key.memory, value)
    }

    /// Whether no rule is left.
    var isEmpty: Bool {
        get throws(SystemError) {
            let attribute = BPFAttribute()
            attribute.set(descriptor.file, at: 0)
            // Without a key, the next one is the first.
            let next = KernelMemory(count: Self.keySize)
            attribute.set(next, at: 16)
            return !(try Self.finds(.nextKey, attribute))
        }
    }

    private func call(
        _ command: BPFCommand, _ key: borrowing KernelMemory, _ value: borrowing KernelMemory
    ) throws(SystemError) -> Bool {
        let attribute = BPFAttribute()
        attribute.set(descriptor.file, at: 0)
        attribute.set(key, at: 8)
        if command != .delete { attribute.set(value, at: 16) }
        return try Self.finds(command, attribute)
    }

    /// False: there is no such key.
    private static func finds(_ command: BPFCommand, _ attribute: borrowing BPFAttribute) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try attribute.call(command, name)
            return true
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }
}
