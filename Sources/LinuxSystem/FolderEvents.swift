internal import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// Tells what happens to the entries of folders: `inotify(7)`.
public struct DirectoryWatch: ~Copyable, Sendable {
    /// What may happen.
    public struct Kinds: OptionSet, Hashable, Sendable {
        /// IN_ bits.
        public let rawValue: UInt32

        /// Kinds from their bits.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// An entry has come, or been replaced, by rename(2).
        public static let movedHere = Kinds(rawValue: UInt32(IN_MOVED_TO))
        /// An entry was removed.
        public static let removed = Kinds(rawValue: UInt32(IN_DELETE))
        /// A file that was open for writing was closed by its last user while it still had its name.
        public static let closed = Kinds(rawValue: UInt32(IN_CLOSE_WRITE) | UInt32(IN_EXCL_UNLINK))
    }

    /// What has happened.
    public enum Event: Hashable, Sendable {
        /// Something happened to an entry of the folder that was added as the so-many-th, from 0.
        case entry(String, folder: Int, Kinds)
        /// Events were lost, or a folder was: all has to be looked at again.
        case lost
    }

    private let descriptor: Descriptor
    private var numbers: [CInt] = []

    /// Tells of no folder yet.
    public init() throws(SystemError) {
        descriptor = try .returned(
            kernelCall { inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)) }, "inotify_init", "folders")
    }

    /// What to wait on: there is something to read when something has happened.
    public var file: FileDescriptor { descriptor.file }

    /// Tells of a folder too, from now on.
    public mutating func add(_ folder: FilePath, _ kinds: Kinds) throws(SystemError) {
        let mask = kinds.rawValue | UInt32(IN_ONLYDIR)
        let number = unsafe folder.withPlatformString { folder in
            kernelCall { unsafe inotify_add_watch(file.rawValue, folder, mask) }
        }
        guard number >= 0 else { throw .last("watch", folder.string) }
        numbers.append(number)
    }

    /// What has happened since the last call, in its order.
    public func read() throws(SystemError) -> [Event] {
        var buffer = [UInt8](repeating: 0, count: 16_384)
        var events: [Event] = []
        while true {
            let count = unsafe buffer.withUnsafeMutableBytes { bytes in
                kernelCall { unsafe Glibc.read(file.rawValue, bytes.baseAddress, bytes.count) }
            }
            guard count > 0 else {
                guard count == 0 || SystemError.lastCode == .resourceTemporarilyUnavailable else {
                    throw .last("read", "events of folders")
                }
                return events
            }
            events += self.events(in: buffer[..<count])
        }
    }

    /// `struct inotify_event` after another: four numbers, and a name with NULs behind it.
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
            } else if let folder = numbers.firstIndex(of: number) {
                events.append(.entry(ByteString(bytes: name).text, folder: folder, Kinds(rawValue: mask)))
            }
            rest = rest.dropFirst(16 + length)
        }
        return events
    }
}
