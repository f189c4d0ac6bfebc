internal import LinuxSystem
internal import SystemPackage

/// A loaded BPF program that decides about access to devices. It lives as long as a descriptor is open or a control group has
/// it attached.
struct BPFProgram: ~Copyable {
    // linux/bpf.h. BPF_F_REPLACE needs Linux 5.6.
    private static let BPF_PROG_TYPE_CGROUP_DEVICE: UInt32 = 15
    static let BPF_CGROUP_DEVICE: UInt32 = 6
    static let BPF_F_ALLOW_MULTI: UInt32 = 2
    private static let BPF_F_REPLACE: UInt32 = 4
    private static let BPF_F_QUERY_EFFECTIVE: UInt32 = 1

    /// Offsets in `struct bpf_prog_info`.
    private enum Info {
        static let (id, tag, translatedLength, translatedCode) = (4, 8, 20, 32)
        static let (mapCount, mapIDs, name, gplCompatible) = (52, 56, 64, 84)
        static let size = 96
    }

    let descriptor: Descriptor

    /// Opens the program with an id. The error is ENOENT when it has gone.
    init(id: UInt32) throws(SystemError) {
        descriptor = try BPFAttribute(id).open(.programByID, "program \(id)")
    }

    /// Loads a program. `callback` is the number of the instruction at which its callback begins. The error holds what the
    /// kernel's verifier objects to.
    init(_ instructions: [Instruction], name: String, callback: Int? = nil, isGPL: Bool = true) throws(SystemError) {
        let code = KernelMemory(count: instructions.count * 8)
        for (index, instruction) in instructions.enumerated() { code.set(instruction.word, at: index * 8) }
        let license = KernelMemory(count: 16)
        if isGPL { license.set(name: "GPL", at: 0) }
        let (count, instructionsAddress, licenseAddress, logLevel, logSize, logAddress) = (4, 8, 16, 24, 28, 32)
        let (programName, expectedAttachType) = (48, 68)
        let attribute = BPFAttribute(Self.BPF_PROG_TYPE_CGROUP_DEVICE)
        attribute.set(UInt32(instructions.count), at: count)
        attribute.set(code, at: instructionsAddress)
        attribute.set(license, at: licenseAddress)
        attribute.memory.set(name: name, at: programName)
        // Without it the verifier lets no program set the verdict.
        attribute.set(Self.BPF_CGROUP_DEVICE, at: expectedAttachType)
        // The verifier accepts a callback only when types describe it.
        let types: FunctionTypes?
        if let callback { types = try FunctionTypes(callback: callback) } else { types = nil }
        types?.describe(attribute)
        do throws(SystemError) {
            descriptor = try attribute.open(.loadProgram, name)
        } catch {
            // It is loaded once more with a log, whose writing would slow down a load that succeeds.
            let log = KernelMemory(count: 65_536)
            attribute.set(1, at: logLevel)
            attribute.set(UInt32(log.count), at: logSize)
            attribute.set(log, at: logAddress)
            // The first failure is reported, whatever the result now.
            _ = try? attribute.open(.loadProgram, name)
            // The last line counts instructions. The one before says what was wrong.
            let objection = log.text().split(separator: "\n").last { !$0.hasPrefix("processed ") }
            throw SystemError(error.code, error.operation, "\(name) (\(objection ?? "the verifier gives no reason"))")
        }
    }

    /// Returns the name, and the ids of the maps that the program uses.
    func information() throws(SystemError) -> (name: String, maps: [UInt32]) {
        let maps = KernelMemory(count: 64)
        let information = KernelMemory(count: 80)
        information.set(UInt32(maps.count / 4), at: Info.mapCount)
        information.set(maps.address, at: Info.mapIDs)
        try BPFAttribute.fill(information, about: descriptor.file)
        let count = min(Int(information.value(UInt32.self, at: Info.mapCount)), maps.count / 4)
        return (information.text(at: Info.name, limit: 16), (0..<count).map { maps.value(at: $0 * 4) })
    }

    private func info() throws(SystemError) -> KernelMemory {
        let information = KernelMemory(count: Info.size)
        try BPFAttribute.fill(information, about: descriptor.file)
        return information
    }

    /// Returns the id.
    func id() throws(SystemError) -> UInt32 { try info().value(at: Info.id) }

    /// Returns the kernel's digest of the instructions as they were loaded, whichever maps they use: 16 hexadecimal digits.
    func digest() throws(SystemError) -> String {
        let digits = String(try info().value(UInt64.self, at: Info.tag).bigEndian, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Returns the instructions as the kernel shows them: for a device program those that were loaded, but for calls and maps.
    /// Empty when the kernel does not show them.
    func code() throws(SystemError) -> [Instruction] {
        let code = KernelMemory(count: max(8, Int(try info().value(UInt32.self, at: Info.translatedLength))))
        let request = KernelMemory(count: Info.size)
        request.set(UInt32(code.count), at: Info.translatedLength)
        request.set(code.address, at: Info.translatedCode)
        try BPFAttribute.fill(request, about: descriptor.file)
        // The kernel clears the address when it hides the instructions.
        guard request.value(UInt64.self, at: Info.translatedCode) != 0 else { return [] }
        let count = min(Int(request.value(UInt32.self, at: Info.translatedLength)), code.count) / 8
        return (0..<count).map { Instruction(word: code.value(at: $0 * 8)) }
    }

    /// Returns whether it was loaded under a licence that is compatible with the kernel's.
    func isGPL() throws(SystemError) -> Bool { try info().value(UInt32.self, at: Info.gplCompatible) & 1 != 0 }

    /// Replaces another program of a group, in one step. The error is ENOENT when the other one is not attached there.
    func replace(_ other: borrowing BPFProgram, in group: borrowing Descriptor) throws(SystemError) {
        do throws(SystemError) {
            try attach(to: group, inPlaceOf: other)
        } catch {
            // A program that a link holds can be replaced only through the link.
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
        if flags & Self.BPF_F_ALLOW_MULTI != 0 {
            attribute.set(flags | Self.BPF_F_REPLACE, at: Attach.flags)
            attribute.set(other.descriptor.file, at: Attach.replaced)
        } else {
            // The group has one program at most, which the next one replaces.
            attribute.set(flags, at: Attach.flags)
        }
        try attribute.call(.attach, "a device program")
    }

    /// Attaches it to a group, beside other programs. It then decides about devices in the group and in all below. The error is
    /// EPERM when the group, or one above, has a program that admits no other.
    func attach(to group: borrowing Descriptor, flags: UInt32 = BPF_F_ALLOW_MULTI) throws(SystemError) {
        let attribute = attachment(group)
        attribute.set(flags, at: Attach.flags)
        try attribute.call(.attach, "a device program")
    }

    /// Detaches it from a group. The error is ENOENT when it is not attached there.
    func detach(from group: borrowing Descriptor) throws(SystemError) {
        try attachment(group).call(.detach, "a device program")
    }

    /// Offsets in `union bpf_attr` for BPF_PROG_ATTACH and BPF_PROG_DETACH.
    private enum Attach { static let (program, type, flags, replaced) = (4, 8, 12, 16) }

    private func attachment(_ group: borrowing Descriptor) -> BPFAttribute {
        let attribute = BPFAttribute(group.file)
        attribute.set(descriptor.file, at: Attach.program)
        attribute.set(Self.BPF_CGROUP_DEVICE, at: Attach.type)
        return attribute
    }

    /// Returns the ids of the programs that a group has attached; with `effective`, of all that decide about devices in it,
    /// including those of the groups above.
    static func attached(to group: borrowing Descriptor, effective: Bool = false) throws(SystemError) -> [UInt32] {
        try query(group, effective: effective).programs
    }

    /// Returns the same, and the flags with which the programs of the group itself were attached.
    static func query(
        _ group: borrowing Descriptor, effective: Bool = false
    ) throws(SystemError) -> (programs: [UInt32], flags: UInt32) {
        // A group has 64 at most, but a hierarchy may be deep.
        let ids = KernelMemory(count: 4 * 4_096)
        let (attachType, queryFlags, attachFlags, idsAddress, idCount) = (4, 8, 12, 16, 24)
        let attribute = BPFAttribute(group.file)
        attribute.set(BPF_CGROUP_DEVICE, at: attachType)
        attribute.set(effective ? BPF_F_QUERY_EFFECTIVE : 0, at: queryFlags)
        attribute.set(ids, at: idsAddress)
        attribute.set(UInt32(ids.count / 4), at: idCount)
        try attribute.call(.query, "the device programs of a control group")
        let count = min(Int(attribute.memory.value(UInt32.self, at: idCount)), ids.count / 4)
        return ((0..<count).map { ids.value(at: $0 * 4) }, attribute.memory.value(at: attachFlags))
    }
}
