/// One instruction of a BPF program: Linux, `Documentation/bpf/standardization/instruction-set.rst`.
struct Instruction: Hashable {
    /// A register. Calls take their arguments in r1 to r5, return in r0, and keep r6 to r9; r10 is the end of the stack.
    enum Register: UInt64 { case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, stackEnd }

    /// A function of the kernel's that a program may call: bpf-helpers(7).
    enum Helper: Int32 {
        case mapLookup = 1
        case currentAncestorGroup = 123
        case loop = 181
        case returnValue = 186
        case setReturnValue = 187
    }

    /// The encoding: opcode, registers, offset, immediate, from the lowest byte on.
    let word: UInt64

    init(word: UInt64) {
        self.word = word
    }

    var immediate: Int32 { Int32(truncatingIfNeeded: word >> 32) }

    private init(
        _ opcode: UInt8, to: Register = .r0, from: UInt64 = 0, offset: Int16 = 0, immediate: Int32 = 0
    ) {
        word =
            UInt64(opcode) | to.rawValue << 8 | from << 12 | UInt64(UInt16(bitPattern: offset)) << 16
            | UInt64(UInt32(bitPattern: immediate)) << 32
    }

    // The names of the standard's: BPF_ALU64 | operation | BPF_K or BPF_X.
    static func set(_ to: Register, _ value: Int32) -> Instruction { Instruction(0xb7, to: to, immediate: value) }
    static func copy(_ to: Register, _ from: Register) -> Instruction { Instruction(0xbf, to: to, from: from.rawValue) }
    static func add(_ to: Register, _ value: Int32) -> Instruction { Instruction(0x07, to: to, immediate: value) }
    static func and(_ to: Register, _ value: Int32) -> Instruction { Instruction(0x57, to: to, immediate: value) }
    static func and(_ to: Register, _ from: Register) -> Instruction { Instruction(0x5f, to: to, from: from.rawValue) }
    static func shiftRight(_ to: Register, _ bits: Int32) -> Instruction { Instruction(0x77, to: to, immediate: bits) }

    // BPF_LDX and BPF_STX with BPF_W, 32 bits, or BPF_DW, 64 bits.
    static func load32(_ to: Register, _ from: Register, at offset: Int16) -> Instruction {
        Instruction(0x61, to: to, from: from.rawValue, offset: offset)
    }
    static func load64(_ to: Register, _ from: Register, at offset: Int16) -> Instruction {
        Instruction(0x79, to: to, from: from.rawValue, offset: offset)
    }
    static func store32(_ from: Register, _ to: Register, at offset: Int16) -> Instruction {
        Instruction(0x63, to: to, from: from.rawValue, offset: offset)
    }
    static func store64(_ from: Register, _ to: Register, at offset: Int16) -> Instruction {
        Instruction(0x7b, to: to, from: from.rawValue, offset: offset)
    }

    // BPF_JMP: the offset counts instructions from the next one on.
    static func jump(if left: Register, equals value: Int32, by offset: Int16) -> Instruction {
        Instruction(0x15, to: left, offset: offset, immediate: value)
    }
    static func jump(if left: Register, isNot value: Int32, by offset: Int16) -> Instruction {
        Instruction(0x55, to: left, offset: offset, immediate: value)
    }
    static func jump(if left: Register, isNot right: Register, by offset: Int16) -> Instruction {
        Instruction(0x5d, to: left, from: right.rawValue, offset: offset)
    }
    static func call(_ helper: Helper) -> Instruction { Instruction(0x85, immediate: helper.rawValue) }
    static let exit = Instruction(0x95)

    /// BPF_LD | BPF_IMM | BPF_DW with BPF_PSEUDO_MAP_FD: the address of a map. It takes ``second`` right after it.
    static func setMap(_ to: Register, descriptor: Int32) -> Instruction {
        Instruction(0x18, to: to, from: 1, immediate: descriptor)
    }
    static let second = Instruction(0)

    /// BPF_LD | BPF_IMM | BPF_DW with BPF_PSEUDO_FUNC: the address of a function of the program itself, so many instructions
    /// after the next one. It takes ``second`` right after it.
    static func setFunction(_ to: Register, by offset: Int16) -> Instruction {
        Instruction(0x18, to: to, from: 4, immediate: Int32(offset))
    }

    /// BPF_LD | BPF_IMM | BPF_DW: a number of 64 bits. It takes ``upperHalf(of:)`` right after it.
    static func setWide(_ to: Register, _ value: UInt64) -> Instruction {
        Instruction(0x18, to: to, immediate: Int32(truncatingIfNeeded: value))
    }
    static func upperHalf(of value: UInt64) -> Instruction {
        Instruction(0, immediate: Int32(truncatingIfNeeded: value >> 32))
    }
}

// What the kernel has rewritten in a program that it shows, and would not take back.
extension Instruction {
    private var opcode: UInt8 { UInt8(truncatingIfNeeded: word) }
    private var destination: UInt8 { UInt8(truncatingIfNeeded: word >> 8) & 0xf }
    private var source: UInt8 { UInt8(truncatingIfNeeded: word >> 12) & 0xf }

    /// BPF_CALL: its number has become an address.
    var isCall: Bool { opcode == 0x85 }
    /// BPF_PSEUDO_MAP_FD and its like: a descriptor has become an address.
    var isMapLoad: Bool { opcode == 0x18 && source != 0 }
    /// A register that no program may name: the kernel blinds constants with it.
    var usesBlindingRegister: Bool { destination == 11 || source == 11 }
}
