internal import LinuxSystem

/// The instructions in front of a device program that allow one device. They hold all that is needed to remove them, so that a
/// later process finds it in the kernel.
struct ProgramPrologue: Hashable {
    /// The id of the container's group. The program may be that of a group above.
    let group: UInt64
    /// The id of the owner's program, as it was before the first prologue.
    let original: UInt32
    let rule: DeviceRule

    /// The instructions. The program's context is in r1, and all other registers are free.
    var instructions: [Instruction] {
        var assembler = Assembler()
        let next = assembler.label()
        // r0 is not used. The numbers are there for ``init(_:)`` to read.
        assembler.emit(.setWide(.r0, group), .upperHalf(of: group))
        assembler.emit(.set(.r0, Int32(bitPattern: original)))
        // struct bpf_cgroup_dev_ctx: access << 16 | type, major, minor.
        assembler.emit(.load32(.r6, .r1, at: 0), .copy(.r7, .r6), .and(.r7, 0xffff))
        assembler.jump(to: next) { .jump(if: .r7, isNot: Int32(rule.device.programType), by: $0) }
        assembler.emit(.load32(.r7, .r1, at: 4))
        assembler.jump(to: next) { .jump(if: .r7, isNot: Int32(bitPattern: rule.device.major), by: $0) }
        assembler.emit(.load32(.r7, .r1, at: 8))
        assembler.jump(to: next) { .jump(if: .r7, isNot: Int32(bitPattern: rule.device.minor), by: $0) }
        assembler.emit(.shiftRight(.r6, 16), .and(.r6, Int32(~rule.access.rawValue & 0xffff)))
        assembler.jump(to: next) { .jump(if: .r6, isNot: 0, by: $0) }
        assembler.emit(.set(.r0, 1), .exit)
        assembler.place(next)
        return assembler.assembled()
    }

    static let length = 16

    init(group: UInt64, original: UInt32, rule: DeviceRule) {
        self.group = group
        self.original = original
        self.rule = rule
    }

    /// Reads the prologue at the front of a program. Returns nil when there is none.
    init?(_ code: ArraySlice<Instruction>) {
        guard code.count > Self.length else { return nil }
        func value(_ index: Int) -> UInt32 { UInt32(bitPattern: code[code.startIndex + index].immediate) }
        let number = DeviceNumber(value(6) == 1 ? .block : .character, value(8), value(10))
        self.init(
            group: UInt64(value(0)) | UInt64(value(1)) << 32, original: value(2),
            rule: DeviceRule(number, DeviceRule.Access(rawValue: ~value(12) & 7)))
        guard instructions.elementsEqual(code.prefix(Self.length)) else { return nil }
    }
}

/// The content of a device program: prologues, and the owner's program after them.
struct PatchedProgram {
    var prologues: [ProgramPrologue] = []
    let owners: [Instruction]

    init(_ code: [Instruction]) {
        var rest = code[...]
        while let prologue = ProgramPrologue(rest) {
            prologues.append(prologue)
            rest = rest.dropFirst(ProgramPrologue.length)
        }
        owners = Array(rest)
    }

    var instructions: [Instruction] { prologues.flatMap(\.instructions) + owners }

    /// Why the owner's program cannot be loaded again from what the kernel shows of it, for people. Nil when it can.
    var obstacle: String? {
        if owners.isEmpty { return "the kernel does not show its instructions (kernel.kptr_restrict is 2)" }
        if owners.contains(where: \.isCall) { return "it calls functions of the kernel" }
        if owners.contains(where: \.isMapLoad) {
            return "it looks rules up in a map, to which only its owner can add one"
        }
        if owners.contains(where: \.usesBlindingRegister) {
            return "the kernel hides its constants (net.core.bpf_jit_harden is 2)"
        }
        return nil
    }
}
