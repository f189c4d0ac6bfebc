internal import CLinux
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// The attribute of a `bpf(2)` call: a `union bpf_attr` of `linux/bpf.h`, whose fields are set by their offsets.
struct BPFAttribute: ~Copyable {
    // Longer than the union of any kernel, which accepts that when the rest is zero: Linux 6.17 to 7.1 write a part of their
    // reply to BPF_PROG_QUERY beyond the end of an attribute with an older kernel's size.
    let memory = KernelMemory(count: 256)

    /// An attribute with its first field set.
    init(_ first: some FixedWidthInteger & BitwiseCopyable) { memory.set(first, at: 0) }
    /// An attribute whose first field is a descriptor.
    init(_ first: FileDescriptor) { memory.set(first.rawValue, at: 0) }

    func set(_ value: UInt32, at offset: Int) { memory.set(value, at: offset) }
    func set(_ file: FileDescriptor, at offset: Int) { memory.set(file.rawValue, at: offset) }
    func set(_ other: borrowing KernelMemory, at offset: Int) { memory.set(other.address, at: offset) }

    /// Makes the call. The memory to which the attribute points has to stay in scope.
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

    /// Fills in what the kernel reports about a program, a map or a link: BPF_OBJ_GET_INFO_BY_FD.
    static func fill(_ information: borrowing KernelMemory, about file: FileDescriptor) throws(SystemError) {
        let (length, address) = (4, 8)
        let attribute = BPFAttribute(file)
        attribute.set(UInt32(information.count), at: length)
        attribute.set(information, at: address)
        try attribute.call(.information, "descriptor \(file.rawValue)")
    }
}

/// The commands of `bpf(2)` that are used here. A structure, since the name of an enumeration's case is slow to get, and some
/// commands fail often.
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
