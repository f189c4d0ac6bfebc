internal import CLinux
internal import Glibc
public import SystemPackage

/// A process by its pidfd, which never refers to another process: `pidfd_open(2)`, Linux 5.3.
public struct ProcessDescriptor: ~Copyable, Sendable {
    /// The process id when it was opened.
    public let id: Int32
    private let descriptor: Descriptor

    /// Opens a process by its id. The error is ESRCH when there is none.
    public init(_ id: Int32) throws(SystemError) {
        guard id > 0 else { throw SystemError(.noSuchProcess, "pidfd_open", "process \(id)") }
        descriptor = try .returned(kernelCall { linux_pidfd_open(id) }, "pidfd_open", "process \(id)")
        self.id = id
    }

    /// The descriptor to poll: readable once the process has ended.
    public var file: FileDescriptor { descriptor.file }

    /// Whether it has not ended. A zombie has ended. Throws when that cannot be found out.
    public var isAlive: Bool {
        get throws(SystemError) {
            var poll = pollfd(fd: descriptor.file.rawValue, events: Int16(POLLIN), revents: 0)
            let count = kernelCall { unsafe Glibc.poll(&poll, 1, 0) }
            guard count >= 0 else { throw .last("poll", "process \(id)") }
            return count == 0
        }
    }
}

/// The status of a process, from `/proc/PID/stat`: proc(5).
public struct ProcessStatus: Hashable, Sendable {
    /// The start time in clock ticks after boot. With the process id it identifies a process until the machine restarts.
    public let startTime: UInt64
    /// The parent's process id.
    public let parent: Int32
    /// Whether it is a zombie or dead.
    public let hasEnded: Bool

    /// Reads the status of a process. The error is ENOENT or ESRCH when the process is gone.
    public init(of id: Int32) throws(SystemError) {
        let stat = try readText(processFile(id, "stat"))
        // The second field is the program's name in parentheses, which may contain anything. The rest follows the last one.
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

/// Returns the ids of a process in the PID namespaces that contain it, from the reader's to its own: `NSpid` in
/// `/proc/PID/status`. The error is ENOENT or ESRCH when the process is gone.
public func namespaceIDs(of process: Int32) throws(SystemError) -> [Int32] {
    let line = try readText(processFile(process, "status")).lines.first { $0.hasPrefix("NSpid:") }
    return line?.fields.dropFirst().compactMap { Int32($0) } ?? [process]
}
