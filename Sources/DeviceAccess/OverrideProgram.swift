internal import LinuxSystem
internal import SystemPackage

/// The program that lets control groups use devices which the programs of those groups deny.
///
/// The kernel runs all programs of a group and then those of the groups above it, and each that returns 0 sets the
/// verdict to EPERM; one that returns 1 leaves the verdict as it is, and none of them can allow what another denied.
/// But since Linux 5.18 a program may set the verdict: this one, attached at the top of the hierarchy and so the last
/// to run, clears it for the devices in its table. For all others it changes nothing.
///
/// `bpf_get_retval` and `bpf_set_retval` in bpf-helpers(7); `bpf_prog_run_array_cg` in the kernel's `kernel/bpf/cgroup.c`.
enum OverrideProgram {
    static let name = "hostdev_rules"

    // Groups that are deeper than this have no rule looked up. The kernel's verifier goes through all of them when the
    // program is loaded: half a millisecond.
    private static let levels: Int32 = 32

    // The key, RuleTable.Key, at the end of the stack.
    private static let group: Int16 = -24
    private static let type: Int16 = -16
    private static let major: Int16 = -12
    private static let minor: Int16 = -8
    private static let filling: Int16 = -4

    /// The least that the kernel refuses where it cannot run the program itself.
    static let probe: [Instruction] = [.set(.r1, 0), .call(.setReturnValue), .set(.r0, 1), .exit]

    static func instructions(table: borrowing RuleTable) -> [Instruction] {
        var assembler = Assembler()
        let level = assembler.label()
        let next = assembler.label()
        let found = assembler.label()
        let leave = assembler.label()

        // Most opens on the machine are allowed, and cost no look-up. The call does not keep r1, so the context waits in r6.
        assembler.emit(.copy(.r6, .r1))
        assembler.emit(.call(.returnValue))
        assembler.jump(to: leave) { .jump(if: .r0, equals: 0, by: $0) }
        assembler.emit(.copy(.r1, .r6))

        // struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor. r8 is what is asked for.
        assembler.emit(.load32(.r7, .r1, at: 0))
        assembler.emit(.copy(.r8, .r7))
        assembler.emit(.shiftRight(.r8, 16))
        assembler.emit(.and(.r7, 0xffff))
        assembler.emit(.store32(.r7, .stackEnd, at: type))
        assembler.emit(.load32(.r7, .r1, at: 4))
        assembler.emit(.store32(.r7, .stackEnd, at: major))
        assembler.emit(.load32(.r7, .r1, at: 8))
        assembler.emit(.store32(.r7, .stackEnd, at: minor))
        assembler.emit(.set(.r7, 0))
        assembler.emit(.store32(.r7, .stackEnd, at: filling))

        // The asking process's group may be below the one that has the rule: every group on the way down is looked up,
        // but for the hierarchy's top, level 0, which never has a rule. r9 is the level.
        assembler.emit(.set(.r9, 1))
        assembler.place(level)
        assembler.emit(.copy(.r1, .r9))
        assembler.emit(.call(.currentAncestorGroup))
        assembler.jump(to: leave) { .jump(if: .r0, equals: 0, by: $0) }
        assembler.emit(.store64(.r0, .stackEnd, at: group))
        assembler.emit(.setMap(.r1, descriptor: table.descriptor.file.rawValue), .second)
        assembler.emit(.copy(.r2, .stackEnd))
        assembler.emit(.add(.r2, Int32(group)))
        assembler.emit(.call(.mapLookup))
        assembler.jump(to: next) { .jump(if: .r0, equals: 0, by: $0) }
        assembler.emit(.load32(.r7, .r0, at: 0))
        assembler.emit(.and(.r7, .r8))
        assembler.jump(to: found) { .jump(if: .r7, equals: .r8, by: $0) }
        assembler.place(next)
        assembler.emit(.add(.r9, 1))
        assembler.jump(to: level) { .jump(if: .r9, isNot: levels, by: $0) }
        assembler.jump(to: leave) { .jump(by: $0) }

        assembler.place(found)
        assembler.emit(.set(.r1, 0))
        assembler.emit(.call(.setReturnValue))
        assembler.place(leave)
        assembler.emit(.set(.r0, 1))
        assembler.emit(.exit)
        return assembler.assembled()
    }
}
