internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The attribute of a `bpf(2)` call: a `union bpf_attr` of `linux/bpf.h`, its fields set by their offsets.
struct BPFAttribute: ~Copyable {
    // Longer than any kernel's, which takes that as long as the rest is zero: Linux 6.17 to 7.1 write a part of their
    // answer to BPF_PROG_QUERY beyond the end of an attribute that has an older kernel's size.
    let memory = KernelMemory(count: 256)

    func set(_ value: UInt32, at offset: Int) { memory.set(value, at: offset) }
    func set(_ file: FileDescriptor, at offset: Int) { memory.set(file.rawValue, at: offset) }
    func set(_ other: borrowing KernelMemory, at offset: Int) { memory.set(other.address, at: offset) }

    /// Makes the call, while the memory that the attribute leads to is kept.
    @discardableResult
    func call(_ command: BPFCommand, _ subject: String) throws(SystemError) -> CInt {
        let result = kernelCall {
            unsafe linux_bpf(
                command.number, UnsafeMutableRawPointer(bitPattern: UInt(memory.address)), UInt32(memory.count))
        }
        guard result >= 0 else { throw SystemError(Errno(rawValue: Glibc.errno), "bpf \(command.name)", subject) }
        return result
    }

    /// Makes a call that returns a descriptor, close-on-exec.
    func open(_ command: BPFCommand, _ subject: String) throws(SystemError) -> Descriptor {
        Descriptor(owning: FileDescriptor(rawValue: try call(command, subject)))
    }

    /// Fills in what the kernel says of a program or a map: BPF_OBJ_GET_INFO_BY_FD.
    static func fill(_ information: borrowing KernelMemory, about file: FileDescriptor) throws(SystemError) {
        let attribute = BPFAttribute()
        attribute.set(file, at: 0)
        attribute.set(UInt32(information.count), at: 4)
        attribute.set(information, at: 8)
        try attribute.call(.information, "descriptor \(file.rawValue)")
    }
}

/// The commands of `bpf(2)` that are used here. Some fail where all is well, and an enumeration's case is slow to name.
struct BPFCommand: Hashable {
    let number: CInt
    let name: String

    private init(_ number: CInt, _ name: String) {
        self.number = number
        self.name = name
    }

    static let createMap = BPFCommand(0, "createMap")
    static let lookUp = BPFCommand(1, "lookUp")
    static let update = BPFCommand(2, "update")
    static let delete = BPFCommand(3, "delete")
    static let nextKey = BPFCommand(4, "nextKey")
    static let loadProgram = BPFCommand(5, "loadProgram")
    static let attach = BPFCommand(8, "attach")
    static let detach = BPFCommand(9, "detach")
    static let programByID = BPFCommand(13, "programByID")
    static let mapByID = BPFCommand(14, "mapByID")
    static let information = BPFCommand(15, "information")
    static let query = BPFCommand(16, "query")
    static let loadTypes = BPFCommand(18, "loadTypes")
    static let createLink = BPFCommand(28, "createLink")
    static let updateLink = BPFCommand(29, "updateLink")
    static let linkByID = BPFCommand(30, "linkByID")
    static let nextLink = BPFCommand(31, "nextLink")
}
