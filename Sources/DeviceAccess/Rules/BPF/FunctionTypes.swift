internal import LinuxSystem
internal import SystemPackage

/// The BTF types of a program's functions, which the kernel's verifier requires of a program with more than one: the program
/// itself, and a callback that only it calls. Linux, `Documentation/bpf/btf.rst`.
struct FunctionTypes: ~Copyable {
    private let types: Descriptor
    /// `struct bpf_func_info` of each function: its first instruction, and its type.
    private let functions: KernelMemory

    private static let recordSize = 8
    // The ids of the types below, which begin with 1.
    private static let program: UInt32 = 4
    private static let callback: UInt32 = 5

    /// The types of a program whose callback begins at an instruction.
    init(callback: Int) throws(SystemError) {
        functions = KernelMemory(count: 2 * Self.recordSize)
        functions.set(Self.program, at: 4)
        functions.set(UInt32(callback), at: 8)
        functions.set(Self.callback, at: 12)

        // Names are offsets into the strings: 0 is none.
        let strings = Array("\0int\0program\0callback\0".utf8)
        let (int, program, callback): (UInt32, UInt32, UInt32) = (1, 5, 13)
        let words: [UInt32] = [
            // 1: int, of 4 bytes, signed, 32 bits.
            int, Kind.integer, 4, 1 << 24 | 32,
            // 2: (int) -> int, 3: (int, int) -> int. The verifier ignores the parameters of both.
            0, Kind.prototype | 1, 1, program, 1,
            0, Kind.prototype | 2, 1, program, 1, callback, 1,
            // 4 and 5: static functions of these types.
            program, Kind.function, 2,
            callback, Kind.function, 3,
        ]
        let size = words.count * 4
        let memory = KernelMemory(count: 24 + size + strings.count)
        // struct btf_header: magic, version, flags, its length; offset and length of the types, then of the strings.
        memory.set(UInt16(0xeb9f), at: 0)
        memory.set(UInt8(1), at: 2)
        for (index, field) in [24, 0, size, size, strings.count].enumerated() {
            memory.set(UInt32(field), at: 4 + index * 4)
        }
        for (index, word) in words.enumerated() { memory.set(word, at: 24 + index * 4) }
        for (index, byte) in strings.enumerated() { memory.set(byte, at: 24 + size + index) }
        let length = 16
        let attribute = BPFAttribute(memory.address)
        attribute.set(UInt32(memory.count), at: length)
        types = try attribute.open(.loadTypes, "the types of a program")
    }

    // BTF_KIND_INT, _FUNC and _FUNC_PROTO at the kind's place in `struct btf_type`.
    private enum Kind {
        static let integer: UInt32 = 1 << 24
        static let function: UInt32 = 12 << 24
        static let prototype: UInt32 = 13 << 24
    }

    /// Puts the types into the attribute of BPF_PROG_LOAD. This value has to stay in scope until the call is over.
    func describe(_ attribute: borrowing BPFAttribute) {
        let (typesFile, size, address, count) = (72, 76, 80, 88)
        attribute.set(types.file, at: typesFile)
        attribute.set(UInt32(Self.recordSize), at: size)
        attribute.set(functions, at: address)
        attribute.set(UInt32(functions.count / Self.recordSize), at: count)
    }
}
