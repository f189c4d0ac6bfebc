import LinuxSystem
import SystemPackage

@testable import DeviceAccess

/// A link that attaches a program to a group as libbpf's users do: BPF_LINK_CREATE. The program is attached as long as this
/// value is there.
final class TestLink {
    private let descriptor: Descriptor

    init(_ program: borrowing BPFProgram, to group: borrowing Descriptor) throws {
        let attribute = BPFAttribute(program.descriptor.file)
        attribute.set(group.file, at: 4)
        attribute.set(BPFProgram.BPF_CGROUP_DEVICE, at: 8)
        descriptor = try attribute.open(.createLink, "a device program")
    }

    /// Its owner's own exchange, whatever it held.
    func hold(_ program: borrowing BPFProgram) throws {
        let attribute = BPFAttribute(descriptor.file)
        attribute.set(program.descriptor.file, at: 4)
        try attribute.call(.updateLink, "a device program")
    }
}
