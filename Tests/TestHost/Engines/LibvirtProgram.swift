/// A program that is to the kernel what libvirt attaches to the control groups of its domains, instruction for instruction:
/// four look-ups in a table, the first of which that has all that is asked for allows it. What libvirt itself attaches is
/// seen in the guest.
public enum LibvirtProgram {
    /// The instructions, as `struct bpf_insn` in the machine's byte order. The table's descriptor is put in.
    public static func instructions(table: Int32) -> [UInt64] {
        let any = 0xffff_ffff as UInt64
        let readMajor = [load(1, 6, 4), make(0x67, 1, immediate: 32)]
        let keys: [[UInt64]] = [
            [load(1, 6, 8), load(2, 6, 4), make(0x67, 2, immediate: 32), or(2, 1), storeKey(2)],
            readMajor + wide(2, any) + [or(1, 2), storeKey(1)],
            [load(1, 6, 8)] + wide(2, any << 32) + [or(1, 2), storeKey(1)],
            [set(1, -1), storeKey(1)],
        ]
        var program = [copy(6, 1)]
        // From the last on, since each leaves to the end when it finds what it looks for.
        var rest: [UInt64] = []
        for key in keys.reversed() {
            let lookUp =
                [copy(2, 10), make(0x07, 2, immediate: -8), make(0x18, 1, 1, immediate: table), 0]
                + [make(0x85, immediate: 1), copy(1, 0), make(0x15, 1, offset: 5)]
            let compare = [set(0, 1), load(2, 6, 0), load(1, 1, 0), make(0x5f, 1, 2)]
            rest = key + lookUp + compare + [make(0x1d, 1, 2, offset: Int16(rest.count + 1))] + rest
        }
        program += rest + [set(0, 0), make(0x95)]
        return program
    }

    private static func make(
        _ opcode: UInt64, _ to: UInt64 = 0, _ from: UInt64 = 0, offset: Int16 = 0, immediate: Int32 = 0
    ) -> UInt64 {
        opcode | to << 8 | from << 12 | UInt64(UInt16(bitPattern: offset)) << 16
            | UInt64(UInt32(bitPattern: immediate)) << 32
    }

    private static func copy(_ to: UInt64, _ from: UInt64) -> UInt64 { make(0xbf, to, from) }
    private static func or(_ to: UInt64, _ from: UInt64) -> UInt64 { make(0x4f, to, from) }
    private static func set(_ to: UInt64, _ value: Int32) -> UInt64 { make(0xb7, to, immediate: value) }
    private static func load(_ to: UInt64, _ from: UInt64, _ offset: Int16) -> UInt64 {
        make(0x61, to, from, offset: offset)
    }
    private static func storeKey(_ from: UInt64) -> UInt64 { make(0x7b, 10, from, offset: -8) }
    private static func wide(_ to: UInt64, _ value: UInt64) -> [UInt64] {
        [
            make(0x18, to, immediate: Int32(truncatingIfNeeded: value)),
            make(0, immediate: Int32(truncatingIfNeeded: value >> 32)),
        ]
    }
}
