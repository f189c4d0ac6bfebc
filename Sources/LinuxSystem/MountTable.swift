/// What is mounted where, from `/proc/PID/mountinfo`: proc(5).
struct MountTable {
    struct Mount {
        /// Its number, and that of the mount on which it is.
        let id, parent: Substring
        /// The directory of its file system that it shows.
        let root: Substring
        /// Where it is.
        let point: Substring
        let type: Substring
        /// Those of the file system, with commas between them.
        let options: Substring
    }

    let mounts: [Mount]

    /// A host may have many mounts, so lines are looked at as bytes: to take a text apart by characters takes five times as
    /// long.
    init(_ text: String) {
        mounts = text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let fields = line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            guard let dash = fields.firstIndex(of: "-"), dash > 4, fields.count > dash + 3 else { return nil }
            return Mount(
                id: fields[0], parent: fields[1], root: fields[3], point: fields[4], type: fields[dash + 1],
                options: fields[dash + 3])
        }
    }

    /// Whether its path leads to it, and not to one that was mounted over it, or over a directory above.
    func isVisible(_ mount: Mount) -> Bool {
        // The top's is outside, or itself.
        var place = mounts.first { top in !mounts.contains { $0.id == top.parent && $0.id != top.id } }
        // The way down from the top: of what is mounted on a mount, the first on the way is entered.
        while let here = place {
            let next = mounts.filter { $0.parent == here.id && $0.id != here.id && mount.point.isAt(orBelow: $0.point) }
                .min { $0.point.count < $1.point.count }
            guard let next else { return here.id == mount.id }
            place = next
        }
        return false
    }
}

extension Substring {
    fileprivate func isAt(orBelow directory: Substring) -> Bool {
        self == directory || directory == "/" || hasPrefix(directory + "/")
    }
}
