internal import LinuxSystem
internal import SystemPackage

/// A BPF link that keeps a device program attached to a control group. Only through it can the program be replaced: Linux 5.7,
/// and 5.8 to find it.
struct BPFLink: ~Copyable {
    // linux/bpf.h.
    private static let BPF_LINK_TYPE_CGROUP: UInt32 = 3
    private static let BPF_F_REPLACE: UInt32 = 4
    /// Offsets in `struct bpf_link_info`.
    private enum Info { static let (type, program, group, attachType) = (0, 8, 16, 24) }

    private let descriptor: Descriptor

    /// Finds the link of a program to a group, by their ids. Searches all links, since the kernel reports the program of a link
    /// but not the link of a program. Returns nil when there is none.
    init?(of program: UInt32, to group: UInt64) throws(SystemError) {
        var last: UInt32 = 0
        while let id = try Self.next(after: last) {
            last = id
            guard let link = try Self.open(id) else { continue }
            let information = KernelMemory(count: 64)
            try BPFAttribute.fill(information, about: link.file)
            guard information.value(UInt32.self, at: Info.type) == Self.BPF_LINK_TYPE_CGROUP,
                information.value(at: Info.program) == program, information.value(at: Info.group) == group,
                information.value(at: Info.attachType) == BPFProgram.BPF_CGROUP_DEVICE
            else { continue }
            descriptor = link
            return
        }
        return nil
    }

    /// Replaces the program, in one step. The error is ENOENT when the link holds another program by now.
    func update(from present: borrowing BPFProgram, to next: borrowing BPFProgram) throws(SystemError) {
        let (new, flags, old) = (4, 8, 12)
        let attribute = BPFAttribute(descriptor.file)
        attribute.set(next.descriptor.file, at: new)
        attribute.set(Self.BPF_F_REPLACE, at: flags)
        attribute.set(present.descriptor.file, at: old)
        do throws(SystemError) {
            try attribute.call(.updateLink, "the link of a device program")
        } catch {
            // EPERM: the link holds another program. ENOLINK: the group has gone.
            guard error.code == .notPermitted || error.code == .noLink else { throw error }
            throw SystemError(.noSuchFileOrDirectory, error.operation, error.subject)
        }
    }

    private static func next(after id: UInt32) throws(SystemError) -> UInt32? {
        let attribute = BPFAttribute(id)
        let nextID = 4
        do throws(SystemError) {
            try attribute.call(.nextLink, "links")
            return attribute.memory.value(at: nextID)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Returns nil when the link has gone since its id was read.
    private static func open(_ id: UInt32) throws(SystemError) -> Descriptor? {
        do throws(SystemError) {
            return try BPFAttribute(id).open(.linkByID, "link \(id)")
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }
}
