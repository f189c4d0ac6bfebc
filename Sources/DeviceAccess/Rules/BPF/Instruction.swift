/// One instruction of a BPF program: Linux, `Documentation/bpf/standardization/instruction-set.rst`.
struct Instruction: Hashable {
    /// A register. A call takes its arguments in r1 to r5, returns its result in r0, and preserves r6 to r9. r10 points to the
    /// end of the stack.
    enum Register: UInt64 { case r0, r1, r2, r3, r4, r5, r6, r7, r8, r9, stackEnd }

    /// A function of the kernel's that a program may call: bpf-helpers(7).
    enum Helper: Int32 {
        case mapLookup = 1
        case currentAncestorGroup = 123
        case loop = 181
        case returnValue = 186
        case setReturnValue = 187
    }

    /// The encoding: opcode, registers, offset and immediate, from the lowest byte on.
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

    // BPF_ALU64 | operation | BPF_K or BPF_X.
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

    // BPF_JMP. The offset counts instructions from the next one on.
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

    /// BPF_LD | BPF_IMM | BPF_DW with BPF_PSEUDO_MAP_FD: the address of a map. ``second`` has to follow.
    static func setMap(_ to: Register, descriptor: Int32) -> Instruction {
        Instruction(0x18, to: to, from: 1, immediate: descriptor)
    }
    static let second = Instruction(0)

    /// BPF_LD | BPF_IMM | BPF_DW with BPF_PSEUDO_FUNC: the address of a function of the program itself, by its distance from
    /// the next instruction. ``second`` has to follow.
    static func setFunction(_ to: Register, by offset: Int16) -> Instruction {
        Instruction(0x18, to: to, from: 4, immediate: Int32(offset))
    }

    /// BPF_LD | BPF_IMM | BPF_DW: a number of 64 bits. ``upperHalf(of:)`` has to follow.
    static func setWide(_ to: Register, _ value: UInt64) -> Instruction {
        Instruction(0x18, to: to, immediate: Int32(truncatingIfNeeded: value))
    }
    static func upperHalf(of value: UInt64) -> Instruction {
        Instruction(0, immediate: Int32(truncatingIfNeeded: value >> 32))
    }
}

// What the kernel rewrites in a program that it shows, and would refuse to load again.
extension Instruction {
    private var opcode: UInt8 { UInt8(truncatingIfNeeded: word) }
    private var destination: UInt8 { UInt8(truncatingIfNeeded: word >> 8) & 0xf }
    private var source: UInt8 { UInt8(truncatingIfNeeded: word >> 12) & 0xf }

    /// BPF_CALL: the kernel shows an address instead of the function's number.
    var isCall: Bool { opcode == 0x85 }
    /// BPF_PSEUDO_MAP_FD and the like: the kernel shows an address instead of a descriptor.
    var isMapLoad: Bool { opcode == 0x18 && source != 0 }
    /// Whether it uses the register with which the kernel blinds constants, and which no program may use.
    var usesBlindingRegister: Bool { destination == 11 || source == 11 }
}

/// Assembles a program, with labels for the targets of jumps.
struct Assembler {
    /// A place in the program, which may be placed after the jumps to it.
    struct Label: Hashable { fileprivate let index: Int }

    private var instructions: [Instruction] = []
    private var places: [Int?] = []
    private var jumps: [(at: Int, to: Label, make: (Int16) -> Instruction)] = []

    mutating func label() -> Label {
        places.append(nil)
        return Label(index: places.count - 1)
    }

    /// Places a label at the next instruction.
    mutating func place(_ label: Label) {
        places[label.index] = instructions.count
    }

    /// Returns the number of the instruction at which a label is.
    func place(of label: Label) -> Int {
        guard let place = places[label.index] else { preconditionFailure("a label without a place") }
        return place
    }

    mutating func emit(_ several: Instruction...) {
        instructions += several
    }

    /// Appends a jump to a label. `make` gets the distance.
    mutating func jump(to label: Label, _ make: @escaping (Int16) -> Instruction) {
        jumps.append((instructions.count, label, make))
        instructions.append(make(0))
    }

    /// Returns the program with all distances filled in.
    func assembled() -> [Instruction] {
        var result = instructions
        for jump in jumps {
            result[jump.at] = jump.make(Int16(place(of: jump.to) - jump.at - 1))
        }
        return result
    }
}
