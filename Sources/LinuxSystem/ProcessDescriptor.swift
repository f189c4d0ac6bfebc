internal import CLinux
internal import Glibc
public import SystemPackage

/// A process that cannot turn into another: `pidfd_open(2)`, Linux 5.3.
public struct ProcessDescriptor: ~Copyable, Sendable {
    /// Its number when it was opened.
    public let id: Int32
    private let descriptor: Descriptor

    /// Pins a process by its number. ESRCH: there is none.
    public init(_ id: Int32) throws(SystemError) {
        guard id > 0 else { throw SystemError(.noSuchProcess, "pidfd_open", "process \(id)") }
        descriptor = try .returned(kernelCall { linux_pidfd_open(id) }, "pidfd_open", "process \(id)")
        self.id = id
    }

    /// What to wait on: there is something to read when it has ended.
    public var file: FileDescriptor { descriptor.file }

    /// Whether it has not ended. A zombie has. Throws when that cannot be found out.
    public var isAlive: Bool {
        get throws(SystemError) {
            var poll = pollfd(fd: descriptor.file.rawValue, events: Int16(POLLIN), revents: 0)
            let count = kernelCall { unsafe Glibc.poll(&poll, 1, 0) }
            guard count >= 0 else { throw .last("poll", "process \(id)") }
            return count == 0
        }
    }
}

/// What `/proc/PID/stat` says of a process: `proc(5)`.
public struct ProcessStatus: Hashable, Sendable {
    /// When it started, in clock ticks after boot: with its number, it names one process for the life of the machine.
    public let startTime: UInt64
    /// The parent's number.
    public let parent: Int32
    /// Whether the kernel calls it a zombie or dead.
    public let hasEnded: Bool

    /// A process that is gone is ENOENT or ESRCH.
    public init(of id: Int32) throws(SystemError) {
        let stat = try readText(processFile(id, "stat"))
        // The second field is the program's name in parentheses, which may hold anything: the rest begins after the last.
        let end = stat.utf8.lastIndex(of: UInt8(ascii: ")")) ?? stat.startIndex
        let fields = stat[end...].fields
        guard fields.count > 20, let parent = Int32(fields[2]), let startTime = UInt64(fields[20]) else {
            throw SystemError(.ioError, "parse", "/proc/\(id)/stat")
        }
        self.parent = parent
        self.startTime = startTime
        hasEnded = fields[1] == "Z" || fields[1] == "X"
    }
}

/// The numbers that a process has in each PID namespace, the reader's first, its own last: `NSpid` in `/proc/PID/status`.
/// A process that is gone is ENOENT or ESRCH.
public func namespaceIDs(of process: Int32) throws(SystemError) -> [Int32] {
    let line = try readText(processFile(process, "status")).lines.first { $0.hasPrefix("NSpid:") }
    return line?.fields.dropFirst().compactMap { Int32($0) } ?? [process]
}
