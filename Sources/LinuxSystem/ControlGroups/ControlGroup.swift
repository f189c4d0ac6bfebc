internal import ByteStrings
public import SystemPackage

/// The control groups of a process that filter devices: cgroups(7). On a hybrid host there are both, and a device has to pass
/// the filters of both.
public struct DeviceControlGroups: Hashable, Sendable {
    /// The group in the `devices` hierarchy of version 1. Nil when that is not mounted.
    public var v1: ControlGroup?
    /// The group in the unified hierarchy of version 2. Nil when that is not mounted.
    public var v2: ControlGroup?

    /// Groups from their parts. Without any, nothing filters devices.
    public init(v1: ControlGroup? = nil, v2: ControlGroup? = nil) {
        self.v1 = v1
        self.v2 = v2
    }
}

/// A control group: a directory in a mounted hierarchy.
public struct ControlGroup: Hashable, Sendable {
    /// The mount point of its hierarchy: `/sys/fs/cgroup/devices`.
    public let hierarchy: FilePath
    /// The path below, beginning with `/`: `/lxc.payload.web`.
    public let path: String

    /// A group from its parts.
    public init(hierarchy: FilePath, path: String) {
        self.hierarchy = hierarchy
        self.path = path
    }

    /// The directory.
    public var directory: FilePath {
        isRoot ? hierarchy : FilePath(ByteString("\(hierarchy.byteString)\(path)"))
    }

    /// Returns whether the bytes of both paths are equal.
    public static func == (one: ControlGroup, other: ControlGroup) -> Bool { one.directory == other.directory }

    /// Hashes the bytes of the path.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(directory)
    }

    /// Whether it is the root of its hierarchy, which contains every process of the host.
    public var isRoot: Bool { path == "/" }
}

extension DeviceControlGroups {
    /// Reads the groups of a process from `/proc/PID/cgroup` and from the mounts of this mount namespace. A hierarchy that is
    /// not mounted here is left out, since no rule can be written there.
    public init(of process: Int32) throws(SystemError) {
        try self.init(of: process, mounts: .current())
    }

    /// Reads the same with a table of this namespace's mounts, which serves for many processes.
    public init(of process: Int32, mounts: MountTable) throws(SystemError) {
        self.init(membership: try readText(processFile(process, "cgroup")), mounts: mounts)
    }

    /// Returns the roots of the hierarchies that filter devices, as far as they are mounted here.
    public static func roots() throws(SystemError) -> DeviceControlGroups {
        DeviceControlGroups(membership: "1:devices:/\n0::/", mounts: try .current())
    }

    init(membership: String, mounts: MountTable) {
        self.init(v1: nil, v2: nil)
        for line in membership.lines {
            guard let (number, rest) = line.halves(at: ":"), let (controllers, path) = rest.halves(at: ":") else {
                continue
            }
            if number == "0", controllers.isEmpty {
                v2 = Self.mounted(in: mounts, type: "cgroup2", controller: nil, path: ByteString(path))
            } else if controllers.fields(separatedBy: ",").contains("devices") {
                v1 = Self.mounted(in: mounts, type: "cgroup", controller: "devices", path: ByteString(path))
            }
        }
    }

    private static func mounted(
        in table: MountTable, type: String, controller: String?, path: ByteString
    ) -> ControlGroup? {
        for mount in table.mounts where mount.type == type {
            if let controller, !mount.options.fields(separatedBy: ",").contains(Substring(controller)) { continue }
            // A mount may show only a part of the hierarchy. The path begins there.
            var below = FilePath(path)
            guard below.removePrefix(mount.root), table.isVisible(mount) else { continue }
            return ControlGroup(hierarchy: mount.point, path: "/\(below.byteString)")
        }
        return nil
    }
}
