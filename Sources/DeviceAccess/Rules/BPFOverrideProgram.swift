internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// The program that lets control groups use devices which the programs of those groups deny.
///
/// The kernel runs all programs of a group and then those of the groups above it, and each that returns 0 sets the
/// verdict to EPERM; one that returns 1 leaves the verdict as it is, and none of them can allow what another denied.
/// But since Linux 5.18 a program may set the verdict: this one, attached at the top of the hierarchy and so the last
/// to run, clears it for the devices in its table. For all others it changes nothing.
///
/// `bpf_get_retval` and `bpf_set_retval` in bpf-helpers(7); `bpf_prog_run_array_cg` in the kernel's `kernel/bpf/cgroup.c`.
enum BPFOverrideProgram {
    static let name = "hostdev_rules"

    // The record that both functions share, at the end of the stack: the access that is asked for, and a BPFOverrideMap.Key.
    private static let record: Int16 = -32
    private static let asked: Int16 = 0
    private static let group: Int16 = 8
    private static let type: Int16 = 16
    private static let major: Int16 = 20
    private static let minor: Int16 = 24
    private static let filling: Int16 = 28

    /// The number of levels of groups that are looked up: more than a path has room for.
    private static let levels: Int32 = 2_048

    /// Loads it, with the map in which it looks rules up.
    static func load(table: borrowing BPFOverrideMap) throws(SystemError) -> BPFProgram {
        var assembler = Assembler()
        let leave = assembler.label()
        let level = assembler.label()

        // Most opens on the machine are allowed, and cost no look-up. The call does not preserve r1, so the context is kept in
        // r6.
        assembler.emit(.copy(.r6, .r1))
        assembler.emit(.call(.returnValue))
        assembler.jump(to: leave) { .jump(if: .r0, equals: 0, by: $0) }

        // struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor.
        assembler.emit(.load32(.r7, .r6, at: 0), .copy(.r8, .r7))
        assembler.emit(.shiftRight(.r8, 16), .store64(.r8, .stackEnd, at: record + asked))
        assembler.emit(.and(.r7, 0xffff), .store32(.r7, .stackEnd, at: record + type))
        assembler.emit(.load32(.r7, .r6, at: 4), .store32(.r7, .stackEnd, at: record + major))
        assembler.emit(.load32(.r7, .r6, at: 8), .store32(.r7, .stackEnd, at: record + minor))
        assembler.emit(.set(.r7, 0), .store32(.r7, .stackEnd, at: record + filling))
        assembler.emit(.store64(.r7, .stackEnd, at: record + group))

        // The process's group may be below the one with the rule, so every group on the way down is looked up. The verifier
        // would go through each turn of a loop in the program, which takes some 30 µs a level; it goes through the kernel's
        // loop once.
        emitLoop(through: level, &assembler)
        assembler.place(leave)
        assembler.emit(.set(.r0, 1), .exit)

        // One turn: r1 is its number, r2 the record. It returns whether the loop ends. The hierarchy's top, level 0, never has
        // a rule.
        let next = assembler.label()
        let end = assembler.label()
        assembler.place(level)
        assembler.emit(.copy(.r6, .r2))
        assembler.emit(.add(.r1, 1), .call(.currentAncestorGroup))
        assembler.jump(to: end) { .jump(if: .r0, equals: 0, by: $0) }
        assembler.emit(.store64(.r0, .r6, at: group))
        assembler.emit(.setMap(.r1, descriptor: table.descriptor.file.rawValue), .second)
        assembler.emit(.copy(.r2, .r6), .add(.r2, Int32(group)), .call(.mapLookup))
        assembler.jump(to: next) { .jump(if: .r0, equals: 0, by: $0) }
        assembler.emit(.load32(.r7, .r0, at: 0), .load64(.r8, .r6, at: asked), .and(.r7, .r8))
        assembler.jump(to: next) { .jump(if: .r7, isNot: .r8, by: $0) }
        assembler.emit(.set(.r1, 0), .call(.setReturnValue))
        assembler.place(end)
        assembler.emit(.set(.r0, 1), .exit)
        assembler.place(next)
        assembler.emit(.set(.r0, 0), .exit)
        return try BPFProgram(assembler.assembled(), name: name, callback: assembler.place(of: level))
    }

    private static let isProven = Atomic(false)

    /// Loads the shortest program that a kernel refuses which cannot run the override, and drops it. Once it has succeeded in a
    /// process it is not tried again.
    static func probe() throws(SystemError) {
        guard !isProven.load(ordering: .relaxed) else { return }
        var assembler = Assembler()
        let level = assembler.label()
        emitLoop(through: level, &assembler)
        assembler.emit(.set(.r0, 1), .exit)
        assembler.place(level)
        assembler.emit(.set(.r1, 0), .call(.setReturnValue), .set(.r0, 1), .exit)
        _ = try BPFProgram(assembler.assembled(), name: name, callback: assembler.place(of: level))
        isProven.store(true, ordering: .relaxed)
    }

    /// Emits the call of the callback for every level, with the record: `bpf_loop` in bpf-helpers(7), Linux 5.17.
    private static func emitLoop(through callback: Assembler.Label, _ assembler: inout Assembler) {
        assembler.emit(.set(.r1, levels))
        assembler.jump(to: callback) { .setFunction(.r2, by: $0) }
        assembler.emit(.second)
        assembler.emit(.copy(.r3, .stackEnd), .add(.r3, Int32(record)), .set(.r4, 0), .call(.loop))
    }
}

/// The map in which the override program looks rules up: the access by group and device.
struct BPFOverrideMap: ~Copyable {
    static let keySize = 24
    private static let layout = BPFMap.Layout(name: "hostdev_rules", keySize: keySize, valueSize: 4)

    /// A group, by its id, and a device.
    struct Key: Hashable {
        let group: UInt64
        let device: DeviceNumber

        /// As the program builds it on its stack: the group, BPF_DEVCG_DEV_*, major, minor, and four zero bytes.
        fileprivate var memory: KernelMemory {
            let (type, major, minor) = (8, 12, 16)
            let memory = KernelMemory(count: keySize)
            memory.set(group, at: 0)
            memory.set(device.programType, at: type)
            memory.set(device.major, at: major)
            memory.set(device.minor, at: minor)
            return memory
        }
    }

    private let map: BPFMap
    var descriptor: Descriptor { _read { yield map.descriptor } }

    /// Makes an empty map for at most 16,384 rules. The kernel allocates their memory with each rule, and their index now,
    /// which takes some 0.1 ms.
    init() throws(SystemError) {
        map = try BPFMap(Self.layout, limit: 16_384)
    }

    /// Opens the map with an id. Returns nil when it has another name or layout.
    init?(id: UInt32) throws(SystemError) {
        guard let map = try BPFMap(id: id, Self.layout) else { return nil }
        self.map = map
    }

    /// Returns what a group may do with a device. Nothing when there is no rule.
    func access(_ key: Key) throws(SystemError) -> DeviceRule.Access {
        guard let value = try map.value(of: key.memory) else { return [] }
        return DeviceRule.Access(rawValue: value.value(at: 0))
    }

    /// Sets what a group may do with a device. An empty access removes the rule.
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
    /// The type in the context of a device program: BPF_DEVCG_DEV_*, linux/bpf.h.
    var programType: UInt32 { kind == .block ? 1 : 2 }
}
