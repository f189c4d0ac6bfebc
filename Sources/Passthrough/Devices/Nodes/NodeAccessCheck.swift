internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// Whether a node that is in a container serves it: whether a process there could open it, as far as files go. Nothing is
/// opened, since that alone makes a tape wind and a modem hang up; it is worked out from what path_resolution(7) and
/// user_namespaces(7) say of the container's root.
struct NodeAccessCheck {
    private let files: ContainerFiles
    private let options: NodeOptions
    private let mounts: ContainerMounts
    /// The container's root, as the host counts.
    private let user: UInt32
    private let group: UInt32

    init(_ files: ContainerFiles, _ options: NodeOptions) throws {
        self.files = files
        self.options = options
        mounts = try files.containerMounts()
        user = files.userIDs.outside(0) ?? 0
        group = files.groupIDs.outside(0) ?? 0
    }

    /// Refuses a path to which no process of the container comes: nothing that is made there would help.
    func refuseUnreachable(_ path: FilePath, of device: String) throws {
        guard !files.userIDs.isIdentity else { return }
        var way = FilePath("/")
        for component in path.removingLastComponent().components {
            way.append(component)
            guard let status = try statusIfThere(way) else { return }
            guard !may(search, status) else { continue }
            throw PassthroughError(
                .notSupported, "no process of the container comes to \(path): \(way) is \(described(status))",
                device: device,
                hint: Hint(.makeReachable, way.string))
        }
    }

    /// Why the node at a path, which is of the right device, does not serve; nil when it does, and is owned as the document
    /// asks.
    func obstacle(at path: FilePath, asPlanned ownership: Ownership) throws -> String? {
        let status = try files.root.status(path)
        if let obstacle = try obstacle(status, at: path) { return obstacle }
        let wanted = options.permissions
        let isAsAsked =
            (wanted.uid == nil || status.user == ownership.user)
            && (wanted.gid == nil || status.group == ownership.group)
            && (wanted.mode == nil || status.mode == ownership.mode)
        return isAsAsked ? nil : "it is \(described(status)), and not as <permissions/> asks"
    }

    /// Why what is at a path now is no node of a device that a process could open; nil when it is.
    func obstacle(to number: DeviceNumber, at path: FilePath) throws -> String? {
        guard let status = try statusIfThere(path) else { return "it has gone" }
        guard status.device == number else { return "it is another file" }
        if try files.root.isNodev(path) { return "it is mounted nodev" }
        return may(use, status) ? nil : "it is \(described(status))"
    }

    private func obstacle(_ status: FileStatus, at path: FilePath) throws -> String? {
        if try files.root.isNodev(path) { return "it is mounted nodev" }
        guard !files.userIDs.isIdentity else { return nil }
        // Nodes of a file system that a user namespace has mounted are opened by nobody, and nothing says whose one is.
        guard try mounts.isHostDevtmpfs(status.identity) else { return "it is in no file system of the host's" }
        return may(use, status) ? nil : "it is \(described(status))"
    }

    private var search: UInt32 { 0o1 }
    private var use: UInt32 { options.isReadOnly ? 0o4 : 0o6 }

    /// Whether the container's root may do something with a file. What belongs to ids that the container has is root's in
    /// all respects; with the rest root is one of the others.
    private func may(_ bits: UInt32, _ status: FileStatus) -> Bool {
        if files.userIDs.isIdentity { return true }
        if files.userIDs.has(outside: status.user), files.groupIDs.has(outside: status.group) { return true }
        let shift: UInt32 = status.user == user ? 6 : status.group == group ? 3 : 0
        return status.mode >> shift & bits == bits
    }

    private func statusIfThere(_ path: FilePath) throws -> FileStatus? {
        do throws(SystemError) {
            return try files.root.status(path)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// `of user 0 and group 6 of the host's, with mode 0660`.
    private func described(_ status: FileStatus) -> String {
        "of user \(status.user) and group \(status.group) of the host's, with mode 0\(String(status.mode, radix: 8))"
    }
}
