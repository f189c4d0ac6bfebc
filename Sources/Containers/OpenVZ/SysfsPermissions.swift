internal import LinuxSystem
internal import SystemPackage

/// What of sysfs a container on a kernel of OpenVZ 7's sees beside what all see: the file `ve.sysfs_permissions` of its
/// control group (fs/kernfs/ve.c of vzkernel). An interface shows there once each folder above it does; libvzctl writes
/// these when it moves one.
public struct SysfsPermissions: Sendable {
    private let file: FilePath

    /// Nil where there is no such file: for containers of other engines, and on other kernels.
    public init?(of container: ContainerReference) throws(ContainerError) {
        guard container.engine == OpenVZContainer.engine, OpenVZContainer.isID(container.name) else { return nil }
        file = FilePath("/sys/fs/cgroup/ve/\(container.name)/ve.sysfs_permissions")
        do throws(SystemError) {
            guard try exists(file) else { return nil }
        } catch {
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// The folders that the container has a permission of its own for.
    public func paths() throws(ContainerError) -> Set<String> {
        do throws(SystemError) {
            // `devices/virtual/ rwx`: folders end with a slash.
            let lines = try readText(file).split(separator: "\n")
            return Set(lines.compactMap { $0.split(separator: " ").first }.map { String($0.trimmingSuffix("/")) })
        } catch {
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// Lets the container see folders, in one go.
    public func show(_ paths: [String]) throws(ContainerError) { try write(paths, "rwx") }

    /// Takes its own permission from it: what all containers may see counts again. Folders that are gone have none.
    public func hide(_ paths: [String]) throws(ContainerError) { try write(paths, "-") }

    private func write(_ paths: [String], _ mode: String) throws(ContainerError) {
        guard !paths.isEmpty else { return }
        do throws(SystemError) {
            try writeControl(file, paths.map { "\($0) \(mode)\n" }.joined())
        } catch {
            // The kernel stops at the first folder that is not there, and what is below that is not there either.
            if mode == "-", error.code == .noSuchFileOrDirectory { return }
            throw ContainerError(OpenVZContainer.engine, error)
        }
    }

    /// The folders above an interface of the calling thread's network namespace, from the top: `devices`,
    /// `devices/virtual`, `devices/virtual/net`.
    public static func folders(aboveInterface name: String) throws(ContainerError) -> [String] {
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
