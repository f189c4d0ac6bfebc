internal import SystemPackage

/// What is mounted where in a mount namespace, from `/proc/PID/mountinfo`: proc(5).
public struct MountTable: Sendable {
    /// A mount: a line.
    public struct Mount: Sendable {
        /// Its number, and that of the mount on which it is.
        public let id, parent: Substring
        /// The directory of its file system that it shows.
        public let root: Substring
        /// Where it is.
        public let point: Substring
        /// How mounts and unmounts travel, `shared:1`: any number of fields.
        let propagation: [Substring]
        /// The type of its file system.
        public let type: Substring
        /// Those of the file system, with commas between them.
        public let options: Substring
    }

    /// In the order of the kernel's, which is that of their making mostly.
    public let mounts: [Mount]

    /// The table of a `mountinfo` file's text.
    public init(_ text: String) {
        mounts = text.lines.compactMap { line in
            let fields = line.fields
            guard let dash = fields.firstIndex(of: "-"), dash > 5, fields.count > dash + 3 else { return nil }
            return Mount(
                id: fields[0], parent: fields[1], root: fields[3], point: fields[4],
                propagation: Array(fields[6..<dash]), type: fields[dash + 1], options: fields[dash + 3])
        }
    }

    /// That of the calling thread's mount namespace.
    public static func current() throws(SystemError) -> MountTable {
        MountTable(try readText("/proc/thread-self/mountinfo"))
    }

    /// Whether its path leads to it, and not to one that was mounted over it, or over a directory above.
    public func isVisible(_ mount: Mount) -> Bool {
        // The top's is outside, or itself.
        var place = mounts.first { top in !mounts.contains { $0.id == top.parent && $0.id != top.id } }
        // The way down from the top: of what is mounted on a mount, the first on the way is entered.
        while let here = place {
            let next = mounts.filter { $0.parent == here.id && $0.id != here.id && mount.point.isAt(orBelow: $0.point) }
                .min { $0.point.utf8.count < $1.point.utf8.count }
            guard let next else { return here.id == mount.id }
            place = next
        }
        return false
    }
}

extension MountTable.Mount {
    /// The groups in which mounts and unmounts reach each other: one, or none.
    public var peers: [Substring] { groups("shared:") }
    /// The groups from which they come here.
    public var masters: [Substring] { groups("master:") }

    private func groups(_ kind: String) -> [Substring] {
        propagation.filter { $0.hasPrefix(kind) }.map { $0.dropFirst(kind.count) }
    }
}

extension Substring {
    fileprivate func isAt(orBelow directory: Substring) -> Bool {
        self == directory || directory == "/" || hasPrefix(directory + "/")
    }
}
