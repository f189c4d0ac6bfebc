internal import LinuxSystem
internal import SystemPackage

/// The directories of sysfs that a container on an OpenVZ 7 kernel sees besides those that all containers see: the file
/// `ve.sysfs_permissions` of its control group (fs/kernfs/ve.c of vzkernel). An interface is visible once each directory above
/// it is; libvzctl sets that when it moves one.
public struct SysfsPermissions: Sendable {
    private let file: FilePath

    /// Returns nil when there is no such file, as for containers of other engines and on other kernels.
    public init?(of container: ContainerReference) throws(ContainerError) {
        guard container.engine == OpenVZContainer.engine, OpenVZContainer.isID(container.name) else { return nil }
        file = FilePath("/sys/fs/cgroup/ve/\(container.name)/ve.sysfs_permissions")
        do throws(SystemError) {
            guard try exists(file) else { return nil }
        } catch {
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// Returns the directories for which the container has a permission of its own.
    public func paths() throws(ContainerError) -> Set<String> {
        do throws(SystemError) {
            // `devices/virtual/ rwx`: directories end with a slash.
            let lines = try readText(file).split(separator: "\n")
            return Set(lines.compactMap { $0.split(separator: " ").first }.map { String($0.trimmingSuffix("/")) })
        } catch {
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// Makes directories visible to the container, in one call.
    public func show(_ paths: [String]) throws(ContainerError) { try write(paths, "rwx") }

    /// Removes the container's own permissions, so that those of all containers apply. Directories that are gone have none.
    public func hide(_ paths: [String]) throws(ContainerError) { try write(paths, "-") }

    private func write(_ paths: [String], _ mode: String) throws(ContainerError) {
        guard !paths.isEmpty else { return }
        do throws(SystemError) {
            try writeControl(file, paths.map { "\($0) \(mode)\n" }.joined())
        } catch {
            // The kernel stops at the first directory that is gone, and those below it are gone too.
            if mode == "-", error.code == .noSuchFileOrDirectory { return }
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// Returns the directories above an interface of the calling thread's network namespace, from the top: `devices`,
    /// `devices/virtual`, `devices/virtual/net`.
    public static func directories(aboveInterface name: String) throws(ContainerError) -> [String] {
        do throws(SystemError) {
            let parts = try readLink(FilePath("/sys/class/net/\(name)")).split(separator: "/").drop { $0 == ".." }
            return (1..<max(parts.count, 1)).map { parts.prefix($0).joined(separator: "/") }
        } catch {
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }
}

extension Substring {
    fileprivate func trimmingSuffix(_ suffix: String) -> Substring {
        hasSuffix(suffix) ? dropLast(suffix.count) : self
    }
}
