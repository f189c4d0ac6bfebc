internal import LinuxSystem
internal import SystemPackage

extension ContainerMounts {
    /// Whether what is mounted in a directory of the container's shows on the host too: mount_namespaces(7), on peer
    /// groups. Engines cut a container's mounts off from the host's; who only unshares may leave them shared.
    func reachHost(from directory: borrowing Directory) throws(SystemError) -> Bool {
        let file = directory.descriptor.file.rawValue
        let line = try readText(FilePath("/proc/thread-self/fdinfo/\(file)")).split(separator: "\n").first {
            $0.hasPrefix("mnt_id:")
        }
        let number = line?.split(whereSeparator: \.isWhitespace).last.map(String.init)
        // What is mounted at /proc in the container is the container's to say: the host's, held open, shows it as well.
        let proc = try RootDirectory("/proc")
        let mounts = try inside { () throws(SystemError) in try proc.text("thread-self/mountinfo") }
        guard let mount = MountLine.all(mounts).first(where: { $0.number == number }) else { return false }
        let host = MountLine.all(try readText("/proc/thread-self/mountinfo"))
        return mount.peers.contains { group in host.contains { $0.peers.contains(group) || $0.masters.contains(group) }
        }
    }
}

/// A line of `/proc/PID/mountinfo`, as far as propagation goes: proc(5).
struct MountLine {
    let number: String
    /// The groups in which mounts and unmounts reach each other: one, or none.
    let peers: [String]
    /// The groups from which they come here.
    let masters: [String]

    static func all(_ text: String) -> [MountLine] {
        text.split(separator: "\n").map { line in
            let fields = line.split(separator: " ")
            // Any number of optional fields, up to a dash.
            let optional = fields.dropFirst(6).prefix { $0 != "-" }
            func groups(_ kind: String) -> [String] {
                optional.filter { $0.hasPrefix(kind) }.map { String($0.dropFirst(kind.count)) }
            }
            return MountLine(
                number: fields.first.map(String.init) ?? "", peers: groups("shared:"), masters: groups("master:"))
        }
    }
}
