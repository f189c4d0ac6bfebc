internal import LinuxSystem
internal import SystemPackage

/// A BPF link that keeps a device program attached to a group. Only through it can the program be exchanged: Linux 5.7, and
/// 5.8 to find it.
struct BPFLink: ~Copyable {
    // BPF_LINK_TYPE_CGROUP, BPF_F_REPLACE.
    private static let type: UInt32 = 3
    private static let inPlace: UInt32 = 4

    private let descriptor: Descriptor

    /// The link of a program to a group, by their numbers: the kernel says which program a link holds, not the other way
    /// round. Nil where there is none.
    init?(of program: UInt32, to group: UInt64) throws(SystemError) {
        var last: UInt32 = 0
        while let id = try Self.next(after: last) {
            last = id
            guard let link = try Self.open(id) else { continue }
            // struct bpf_link_info
            let information = KernelMemory(count: 64)
            try BPFAttribute.fill(information, about: link.file)
            guard information.value(UInt32.self, at: 0) == Self.type, information.value(at: 8) == program,
                information.value(at: 16) == group, information.value(at: 24) == BPFProgram.attachType
            else { continue }
            descriptor = link
            return
        }
        return nil
    }

    /// Exchanges the program, at once. ENOENT: it holds another one by now.
    func update(from present: borrowing BPFProgram, to next: borrowing BPFProgram) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(descriptor.file, at: 0)
        attribute.set(next.descriptor.file, at: 4)
        attribute.set(Self.inPlace, at: 8)
        attribute.set(present.descriptor.file, at: 12)
        do throws(SystemError) {
            try attribute.call(.updateLink, "the link of a device program")
        } catch {
            // So says the kernel of another program than the one that was expected; ENOLINK, of a group that has gone.
            guard error.code == .notPermitted || error.code == .noLink else { throw error }
            throw SystemError(.noSuchFileOrDirectory, error.operation, error.subject)
        }
    }

    private static func next(after id: UInt32) throws(SystemError) -> UInt32? {
        let attribute = BPFAttribute()
        attribute.set(id, at: 0)
        do throws(SystemError) {
            try attribute.call(.nextLink, "links")
            return attribute.memory.value(at: 4)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Nil: it has gone since its number was read.
    private static func open(_ id: UInt32) throws(SystemError) -> Descriptor? {
        let attribute = BPFAttribute()
        attribute.set(id, at: 0)
        do throws(SystemError) {
            return try attribute.open(.linkByID, "link \(id)")
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }
}
