internal import LinuxSystem
internal import SystemPackage

/// A loaded BPF program that decides about devices, BPF_PROG_TYPE_CGROUP_DEVICE. It lives as long as somebody holds it
/// or a group has it attached.
struct BPFProgram: ~Copyable {
    // BPF_PROG_TYPE_CGROUP_DEVICE, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI.
    private static let type: UInt32 = 15
    static let attachType: UInt32 = 6
    static let besideOthers: UInt32 = 2
    // BPF_F_REPLACE, Linux 5.6.
    private static let inPlace: UInt32 = 4

    let descriptor: Descriptor

    /// Takes one by its number. ENOENT: it has gone.
    init(id: UInt32) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(id, at: 0)
        descriptor = try attribute.open(.programByID, "program \(id)")
    }

    /// Loads one, with the number of the instruction at which a callback of it begins. What the kernel's verifier says
    /// against it is in the error.
    init(_ instructions: [Instruction], name: String, callback: Int? = nil, isGPL: Bool = true) throws(SystemError) {
        let code = KernelMemory(count: instructions.count * 8)
        for (index, instruction) in instructions.enumerated() { code.set(instruction.word, at: index * 8) }
        let license = KernelMemory(count: 16)
        if isGPL { license.set(name: "GPL", at: 0) }
        let attribute = BPFAttribute()
        attribute.set(Self.type, at: 0)
        attribute.set(UInt32(instructions.count), at: 4)
        attribute.set(code, at: 8)
        attribute.set(license, at: 16)
        attribute.memory.set(name: name, at: 48)
        // expected_attach_type: without it the verifier refuses to let a program set the verdict.
        attribute.set(Self.attachType, at: 68)
        // The verifier goes into a callback only where types say that there is one.
        let types: FunctionTypes?
        if let callback { types = try FunctionTypes(callback: callback) } else { types = nil }
        types?.describe(attribute)
        do throws(SystemError) {
            descriptor = try attribute.open(.loadProgram, name)
        } catch {
            // Again, with a log: writing one takes the verifier its time, so none is asked for when all goes well.
            let log = KernelMemory(count: 65_536)
            attribute.set(1, at: 24)
            attribute.set(UInt32(log.count), at: 28)
            attribute.set(log, at: 32)
            // It fails again, or has only just begun to work: the failure of the first time is what is said.
            _ = try? attribute.open(.loadProgram, name)
            // The last line counts instructions; the one before says what was wrong.
            let said = log.text().split(separator: "\n").last { !$0.hasPrefix("processed ") }
            throw SystemError(error.code, error.operation, "\(name) (\(said ?? "no word of the verifier's"))")
        }
    }

    /// Its name, and the numbers of the maps that it uses: BPF_OBJ_GET_INFO_BY_FD, `struct bpf_prog_info`.
    func information() throws(SystemError) -> (name: String, maps: [UInt32]) {
        let maps = KernelMemory(count: 64)
        let information = KernelMemory(count: 80)
        information.set(UInt32(maps.count / 4), at: 52)
        information.set(maps.address, at: 56)
        try BPFAttribute.fill(information, about: descriptor.file)
        let count = min(Int(information.value(UInt32.self, at: 52)), maps.count / 4)
        return (information.text(at: 64, limit: 16), (0..<count).map { maps.value(at: $0 * 4) })
    }

    /// Its number.
    func id() throws(SystemError) -> UInt32 {
        let information = KernelMemory(count: 96)
        try BPFAttribute.fill(information, about: descriptor.file)
        return information.value(at: 4)
    }

    /// The kernel's digest of its instructions as they were loaded, whichever maps they use: 16 hexadecimal digits.
    func digest() throws(SystemError) -> String {
        let information = KernelMemory(count: 96)
        try BPFAttribute.fill(information, about: descriptor.file)
        let digits = String(information.value(UInt64.self, at: 8).bigEndian, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// What it does, as the kernel shows it: for a program that decides about devices just what was loaded, but for calls
    /// and maps. Empty when the kernel does not show it.
    func code() throws(SystemError) -> [Instruction] {
        let information = KernelMemory(count: 96)
        try BPFAttribute.fill(information, about: descriptor.file)
        let code = KernelMemory(count: max(8, Int(information.value(UInt32.self, at: 20))))
        let request = KernelMemory(count: 96)
        request.set(UInt32(code.count), at: 20)
        request.set(code.address, at: 32)
        try BPFAttribute.fill(request, about: descriptor.file)
        // Without an address in the answer it is hidden.
        guard request.value(UInt64.self, at: 32) != 0 else { return [] }
        let count = min(Int(request.value(UInt32.self, at: 20)), code.count) / 8
        return (0..<count).map { Instruction(word: code.value(at: $0 * 8)) }
    }

    /// Whether it was loaded under a licence that goes with the kernel's.
    func isGPL() throws(SystemError) -> Bool {
        let information = KernelMemory(count: 96)
        try BPFAttribute.fill(information, about: descriptor.file)
        return information.value(UInt32.self, at: 84) & 1 != 0
    }

    /// Takes the place of another one, at once. ENOENT: the other one is not attached there.
    func replace(_ other: borrowing BPFProgram, in group: borrowing Descriptor) throws(SystemError) {
        do throws(SystemError) {
            try attach(to: group, inPlaceOf: other)
        } catch {
            // The kernel knows what is attached by a link only by that.
            guard error.code == .noSuchFileOrDirectory,
                let link = try BPFLink(of: other.id(), to: group.status().identity.inode)
            else { throw error }
            try link.update(from: other, to: self)
        }
    }

    private func attach(
        to group: borrowing Descriptor, inPlaceOf other: borrowing BPFProgram
    ) throws(SystemError) {
        let attribute = attachment(group)
        let flags = try Self.query(group).flags
        if flags & Self.besideOthers != 0 {
            attribute.set(flags | Self.inPlace, at: 12)
            attribute.set(other.descriptor.file, at: 16)
        } else {
            // There is one at most, which the next one replaces.
            attribute.set(flags, at: 12)
        }
        try attribute.call(.attach, "a device program")
    }

    /// Lets it decide about devices in a group and in all below it, beside the others that do. EPERM: the group, or one
    /// above, has a program that admits no other.
    func attach(to group: borrowing Descriptor, flags: UInt32 = besideOthers) throws(SystemError) {
        let attribute = attachment(group)
        attribute.set(flags, at: 12)
        try attribute.call(.attach, "a device program")
    }

    /// Takes it away again. ENOENT: it is not attached there.
    func detach(from group: borrowing Descriptor) throws(SystemError) {
        try attachment(group).call(.detach, "a device program")
    }

    private func attachment(_ group: borrowing Descriptor) -> BPFAttribute {
        let attribute = BPFAttribute()
        attribute.set(group.file, at: 0)
        attribute.set(descriptor.file, at: 4)
        attribute.set(Self.attachType, at: 8)
        return attribute
    }

    /// The numbers of the programs that a group has attached; with `effective`, of all that decide about devices in it,
    /// those of the groups above included.
    static func attached(to group: borrowing Descriptor, effective: Bool = false) throws(SystemError) -> [UInt32] {
        try query(group, effective: effective).programs
    }

    /// The same, and with which flags they were attached. Flags are those of the group itself.
    static func query(
        _ group: borrowing Descriptor, effective: Bool = false
    ) throws(SystemError) -> (programs: [UInt32], flags: UInt32) {
        // A group has 64 at most, but a hierarchy may be deep.
        let numbers = KernelMemory(count: 4 * 4_096)
        let attribute = BPFAttribute()
        attribute.set(group.file, at: 0)
        attribute.set(attachType, at: 4)
        attribute.set(effective ? 1 : 0, at: 8)
        attribute.set(numbers, at: 16)
        attribute.set(UInt32(numbers.count / 4), at: 24)
        try attribute.call(.query, "the device programs of a control group")
        let count = min(Int(attribute.memory.value(UInt32.self, at: 24)), numbers.count / 4)
        return ((0..<count).map { numbers.value(at: $0 * 4) }, attribute.memory.value(at: 12))
    }
}
