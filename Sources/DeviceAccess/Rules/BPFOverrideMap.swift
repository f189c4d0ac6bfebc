internal import LinuxSystem

/// The map in which the override program looks rules up: a rule's access by its group and device.
struct BPFOverrideMap: ~Copyable {
    static let keySize = 24
    private static let layout = BPFMap.Layout(name: "hostdev_rules", keySize: keySize, valueSize: 4)

    /// A group, by its number, and a device.
    struct Key: Hashable {
        let group: UInt64
        let device: DeviceNumber

        /// The layout that the program builds on its stack: the group, BPF_DEVCG_DEV_*, major, minor, four times zero.
        fileprivate var memory: KernelMemory {
            let memory = KernelMemory(count: keySize)
            memory.set(group, at: 0)
            memory.set(device.programType, at: 8)
            memory.set(device.major, at: 12)
            memory.set(device.minor, at: 16)
            return memory
        }
    }

    private let map: BPFMap
    var descriptor: Descriptor { _read { yield map.descriptor } }

    /// Makes an empty one. It holds 16,384 rules at most, whose memory comes with them; to make room for their index takes
    /// the kernel some 0.1 ms.
    init() throws(SystemError) {
        map = try BPFMap(Self.layout, limit: 16_384)
    }

    /// Takes one by its number. Nil when it is not of this name and layout.
    init?(id: UInt32) throws(SystemError) {
        guard let map = try BPFMap(id: id, Self.layout) else { return nil }
        self.map = map
    }

    /// What a group may do with a device. Nothing where there is no rule.
    func access(_ key: Key) throws(SystemError) -> DeviceRule.Access {
        guard let value = try map.value(of: key.memory) else { return [] }
        return DeviceRule.Access(rawValue: value.value(at: 0))
    }

    /// Says what a group may do with a device. With nothing, the rule goes.
    func setAccess(_ key: Key, _ access: DeviceRule.Access) throws(SystemError) {
        guard !access.isEmpty else { return try map.remove(key.memory) }
        let value = KernelMemory(count: 4)
        value.set(access.rawValue, at: 0)
        try map.set(value, of: key.memory)
    }

    /// Whether no rule is left.
    var isEmpty: Bool { get throws(SystemError) { try map.isEmpty } }
}

extension DeviceNumber {
    /// As programs are told of it: BPF_DEVCG_DEV_*.
    var programType: UInt32 { kind == .block ? 1 : 2 }
}
