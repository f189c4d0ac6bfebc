internal import ByteStrings
public import SystemPackage

/// The control groups of a process that filter devices, as directories of the mounted hierarchies: cgroups(7).
///
/// On a hybrid host both are there, and a device must pass each.
public struct DeviceControlGroups: Hashable, Sendable {
    /// The group in the version 1 `devices` hierarchy. Nil where that is not mounted.
    public var v1: ControlGroup?
    /// The group in the unified hierarchy. Nil where that is not mounted.
    public var v2: ControlGroup?

    /// No group at all: nothing filters.
    public init(v1: ControlGroup? = nil, v2: ControlGroup? = nil) {
        self.v1 = v1
        self.v2 = v2
    }
}

/// A control group: a directory in a mounted hierarchy.
public struct ControlGroup: Hashable, Sendable {
    /// Where its hierarchy is mounted: `/sys/fs/cgroup/devices`.
    public let hierarchy: FilePath
    /// The group below it, beginning with `/`: `/lxc.payload.web`.
    public let path: String

    /// A group by its place.
    public init(hierarchy: FilePath, path: String) {
        self.hierarchy = hierarchy
        self.path = path
    }

    /// The directory.
    public var directory: FilePath {
        isRoot ? hierarchy : FilePath(ByteString("\(hierarchy.byteString)\(path)"))
    }

    /// Whether it is the same directory, by the bytes of both paths.
    public static func == (one: ControlGroup, other: ControlGroup) -> Bool { one.directory == other.directory }

    /// Hashes the bytes of the path.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(directory)
    }

    /// Whether it is the top of its hierarchy: every process of the host is below it, and no rule belongs there.
    public var isRoot: Bool { path == "/" }
}

extension DeviceControlGroups {
    /// The groups of a process, from `/proc/PID/cgroup` and from what is mounted here.
    ///
    /// A hierarchy that `/proc/PID/cgroup` lists but that is not mounted in this mount namespace is left out: no rule
    /// can be written there.
    public init(of process: Int32) throws(SystemError) {
        try self.init(of: process, mounts: .current())
    }

    /// The same with what is mounted here read before, for the look at many processes.
    public init(of process: Int32, mounts: MountTable) throws(SystemError) {
        self.init(membership: try readText(processFile(process, "cgroup")), mounts: mounts)
    }

    /// The tops of the hierarchies that filter devices, as far as they are mounted here.
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
            // A mount may show a part of the hierarchy only: what it hides is cut off the path.
            var below = FilePath(path)
            guard below.removePrefix(mount.root), table.isVisible(mount) else { continue }
            return ControlGroup(hierarchy: mount.point, path: "/\(below.byteString)")
        }
        return nil
    }
}
