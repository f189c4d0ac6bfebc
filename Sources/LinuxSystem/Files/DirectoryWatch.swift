internal import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// Reports changes of the entries of directories: `inotify(7)`.
public struct DirectoryWatch: ~Copyable, Sendable {
    /// Kinds of changes.
    public struct Kinds: OptionSet, Hashable, Sendable {
        /// The `IN_` bits.
        public let rawValue: UInt32

        /// Kinds from their bits.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// An entry was added or replaced by rename(2).
        public static let movedHere = Kinds(rawValue: UInt32(IN_MOVED_TO))
        /// An entry was removed.
        public static let removed = Kinds(rawValue: UInt32(IN_DELETE))
        /// A file that was open for writing was closed while it still had its name.
        public static let closed = Kinds(rawValue: UInt32(IN_CLOSE_WRITE) | UInt32(IN_EXCL_UNLINK))
    }

    /// A change.
    public enum Event: Hashable, Sendable {
        /// A change of an entry. `directory` is the position of its directory in the order of ``add(_:_:)``, from 0.
        case entry(String, directory: Int, Kinds)
        /// Events or a directory were lost: everything has to be read again.
        case lost
    }

    private let descriptor: Descriptor
    private var numbers: [CInt] = []

    /// A watch of no directory.
    public init() throws(SystemError) {
        descriptor = try .returned(
            kernelCall { inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)) }, "inotify_init", "directories")
    }

    /// The descriptor to poll: readable once there is an event.
    public var file: FileDescriptor { descriptor.file }

    /// Starts to watch a directory.
    public mutating func add(_ directory: FilePath, _ kinds: Kinds) throws(SystemError) {
        let mask = kinds.rawValue | UInt32(IN_ONLYDIR)
        let number = unsafe directory.withPlatformString { path in
            kernelCall { unsafe inotify_add_watch(file.rawValue, path, mask) }
        }
        guard number >= 0 else { throw .last("watch", directory.string) }
        numbers.append(number)
    }

    /// Returns the events since the last call, in their order. Does not wait.
    public func read() throws(SystemError) -> [Event] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var events: [Event] = []
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                kernelCall { unsafe Glibc.read(file.rawValue, bytes.baseAddress, bytes.count) }
            }
            guard count > 0 else {
                guard count == 0 || SystemError.lastCode == .resourceTemporarilyUnavailable else {
                    throw .last("read", "events of directories")
                }
                return events
            }
            events += self.events(in: buffer[..<count])
        }
    }

    /// Reads one `struct inotify_event` after the other: four numbers, and a name that is padded with NULs.
    private func events(in bytes: ArraySlice<UInt8>) -> [Event] {
        var events: [Event] = []
        var rest = bytes
        while rest.count >= 16 {
            let fields = unsafe rest.withUnsafeBytes { bytes in
                (0..<4).map { unsafe bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self) }
            }
            let (number, mask, length) = (CInt(bitPattern: fields[0]), fields[1], Int(fields[3]))
            let name = rest.dropFirst(16).prefix(length).prefix { $0 != 0 }
            if mask & UInt32(IN_Q_OVERFLOW | IN_IGNORED) != 0 {
                events.append(.lost)
            } else if let directory = numbers.firstIndex(of: number) {
                events.append(.entry(ByteString(bytes: name).text, directory: directory, Kinds(rawValue: mask)))
            }
            rest = rest.dropFirst(16 + length)
        }
        return events
    }
}
