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

    // The record that both parts share, at the end of the stack: what is asked for, and the key, BPFOverrideMap.Key.
    private static let record: Int16 = -32
    private static let asked: Int16 = 0
    private static let group: Int16 = 8
    private static let type: Int16 = 16
    private static let major: Int16 = 20
    private static let minor: Int16 = 24
    private static let filling: Int16 = 28

    /// How many levels of groups are looked up at most: more than a path has room for.
    private static let levels: Int32 = 2_048

    /// Loads it, with the table in which it looks rules up.
    static func load(table: borrowing BPFOverrideMap) throws(SystemError) -> BPFProgram {
        var assembler = Assembler()
        let leave = assembler.label()
        let level = assembler.label()

        // Most opens on the machine are allowed, and cost no look-up. The call does not keep r1, so the context waits in r6.
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

        // The asking process's group may be below the one that has the rule, so every group on the way down is looked up.
        // A loop of the program's own would do too, but the verifier goes through each of its turns, which takes it
        // some 30 µs a level; the kernel's loop it goes through once.
        emitLoop(through: level, &assembler)
        assembler.place(leave)
        assembler.emit(.set(.r0, 1), .exit)

        // One turn: r1 is its number, r2 the record. It returns whether the loop is to end. The hierarchy's top, level 0,
        // never has a rule.
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

    /// Loads the least that the kernel refuses where it cannot run the program itself, and lets go of it. What has worked
    /// once in a process is not tried again.
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

    /// Calls the callback for every level, with the record: `bpf_loop` in bpf-helpers(7), Linux 5.17.
    private static func emitLoop(through callback: Assembler.Label, _ assembler: inout Assembler) {
        assembler.emit(.set(.r1, levels))
        assembler.jump(to: callback) { .setFunction(.r2, by: $0) }
        assembler.emit(.second)
        assembler.emit(.copy(.r3, .stackEnd), .add(.r3, Int32(record)), .set(.r4, 0), .call(.loop))
    }
}
