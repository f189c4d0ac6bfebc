internal import ByteStrings
public import SystemPackage

/// What is mounted where in a mount namespace, from `/proc/PID/mountinfo`: proc(5).
public struct MountTable: Sendable {
    /// A mount: a line.
    public struct Mount: Sendable {
        /// Its number, and that of the mount on which it is.
        public let id, parent: Int
        /// The number of its file system: `st_dev` of what is in it, as ``FileIdentity/device`` has it.
        public let fileSystem: UInt64
        /// The directory of its file system that it shows.
        public let root: FilePath
        /// Where it is.
        public let point: FilePath
        /// How mounts and unmounts travel, `shared:1`: any number of fields.
        let propagation: [String]
        /// The type of its file system.
        public let type: String
        /// Those of the file system, with commas between them.
        public let options: String
    }

    /// In the order of the kernel's, which is that of their making mostly.
    public let mounts: [Mount]
    /// Those on another one, by that: there may be very many.
    private let children: [Int: [Mount]]
    /// That on which all others are: its parent is outside, or itself.
    private let top: Mount?

    /// The table of a `mountinfo` file's text.
    public init(_ text: [UInt8]) {
        mounts = text.split(separator: UInt8(ascii: "\n")).compactMap(Mount.init)
        children = Dictionary(grouping: mounts.filter { $0.id != $0.parent }, by: \.parent)
        let ids = Set(mounts.map(\.id))
        top = mounts.first { $0.id == $0.parent || !ids.contains($0.parent) }
    }

    /// That of the calling thread's mount namespace.
    public static func current() throws(SystemError) -> MountTable {
        MountTable(try readBytes("/proc/thread-self/mountinfo"))
    }

    /// Whether its path leads to it, and not to one that was mounted over it, or over a directory above.
    public func isVisible(_ mount: Mount) -> Bool {
        var place = top
        // The way down from the top: of what is mounted on a mount, the first on the way is entered. The file is read in
        // pieces, and a number may be given again in between: the way could be a circle.
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
    /// Nil: it ends early, or is no line of that file.
    fileprivate init?(line: ArraySlice<UInt8>) {
        // One blank is between fields, and one may be empty: whoever mounts calls the source what they like.
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

    /// The groups in which mounts and unmounts reach each other: one, or none.
    public var peers: [Substring] { groups("shared:") }
    /// The groups from which they come here.
    public var masters: [Substring] { groups("master:") }

    private func groups(_ kind: String) -> [Substring] {
        propagation.filter { $0.hasPrefix(kind) }.map { $0.dropFirst(kind.count) }
    }
}

private func text(_ field: ArraySlice<UInt8>) -> String { ByteString(bytes: field).text }

/// Blanks, ends of lines and backslashes of paths are in the file as `\040`: a backslash and three octal digits.
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
