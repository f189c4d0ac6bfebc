internal import ByteStrings
public import SystemPackage

/// The mounts of a mount namespace, from `/proc/PID/mountinfo`: proc(5).
public struct MountTable: Sendable {
    /// A mount.
    public struct Mount: Sendable {
        /// Its id, and that of the mount on which it is mounted.
        public let id, parent: Int
        /// The device number of its file system: ``FileIdentity/device`` of its files.
        public let fileSystem: UInt64
        /// The directory of its file system that it shows.
        public let root: FilePath
        /// The mount point.
        public let point: FilePath
        /// The optional fields on propagation: `shared:1`, `master:2`.
        let propagation: [String]
        /// The type of its file system.
        public let type: String
        /// The options of its file system, separated by commas.
        public let options: String
    }

    /// All mounts in the kernel's order.
    public let mounts: [Mount]
    /// Mounts by the id of their parent, since there may be very many.
    private let children: [Int: [Mount]]
    /// The mount at the root of the namespace, whose parent is outside or itself.
    private let top: Mount?

    /// Reads the content of a `mountinfo` file. Lines that are none of such a file are skipped.
    public init(_ text: [UInt8]) {
        mounts = text.split(separator: UInt8(ascii: "\n")).compactMap(Mount.init)
        children = Dictionary(grouping: mounts.filter { $0.id != $0.parent }, by: \.parent)
        let ids = Set(mounts.map(\.id))
        top = mounts.first { $0.id == $0.parent || !ids.contains($0.parent) }
    }

    /// Reads the table of the calling thread's mount namespace.
    public static func current() throws(SystemError) -> MountTable {
        MountTable(try readBytes("/proc/thread-self/mountinfo"))
    }

    /// Returns whether the path of a mount point leads to the mount, and not to another one that was mounted over it or over a
    /// directory above.
    public func isVisible(_ mount: Mount) -> Bool {
        var place = top
        // From the root down: of the mounts on a mount, the first on the way is entered. The file is read in several calls,
        // between which an id may be given again, so the way could be a circle.
        for _ in mounts {
            guard let here = place else { return false }
            let next = children[here.id]?.filter { mount.point.starts(with: $0.point) }
                .min { $0.point.length < $1.point.length }
            guard let next else { return here.id == mount.id }
            place = next
        }
        return false
    }
}

extension MountTable.Mount {
    /// Returns nil when the line ends early or has another form.
    fileprivate init?(line: ArraySlice<UInt8>) {
        // One blank separates fields. The source, which whoever mounts chooses, may be empty.
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard let dash = fields.dropFirst(6).firstIndex(where: { $0.elementsEqual("-".utf8) }), fields.count > dash + 3,
            let id = Int(text(fields[0])), let parent = Int(text(fields[1])),
            let (major, minor) = text(fields[2]).halves(at: ":"), let major = UInt32(major), let minor = UInt32(minor)
        else { return nil }
        self.id = id
        self.parent = parent
        fileSystem = DeviceNumber(.block, major, minor).raw
        root = path(fields[3])
        point = path(fields[4])
        propagation = fields[6..<dash].map(text)
        type = text(fields[dash + 1])
        options = text(fields[dash + 3])
    }

    /// The peer groups to which it belongs, which is one at most.
    public var peers: [Substring] { groups("shared:") }
    /// The peer groups from which it receives mounts.
    public var masters: [Substring] { groups("master:") }

    private func groups(_ kind: String) -> [Substring] {
        propagation.filter { $0.hasPrefix(kind) }.map { $0.dropFirst(kind.count) }
    }
}

private func text(_ field: ArraySlice<UInt8>) -> String { ByteString(bytes: field).text }

/// Decodes a path, in which blanks, line feeds and backslashes are written as a backslash and three octal digits: `\040`.
private func path(_ field: ArraySlice<UInt8>) -> FilePath {
    var bytes: [CChar] = []
    var rest = field
    while let byte = rest.popFirst() {
        let digits = rest.prefix(3)
        if byte == UInt8(ascii: "\\"), digits.count == 3, let escaped = UInt8(text(digits), radix: 8), escaped != 0 {
            bytes.append(CChar(bitPattern: escaped))
            rest = rest.dropFirst(3)
        } else {
            bytes.append(CChar(bitPattern: byte))
        }
    }
    return FilePath(platformString: bytes + [0])
}
