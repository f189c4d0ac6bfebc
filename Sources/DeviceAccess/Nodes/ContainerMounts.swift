public import LinuxSystem
internal import SystemPackage

/// What it takes to mount nodes in a container: in one with a user namespace no node can be made from outside.
public final class ContainerMounts: Sendable {
    /// The container's mount namespace.
    let namespace: Namespace
    /// Whose the files and directories are that are made in the container: its root's ids, as the host counts.
    let user: UInt32
    let group: UInt32

    /// From the mount namespace, and what the id maps make of user 0 and group 0.
    public init(_ namespace: consuming Namespace, rootUser: UInt32, rootGroup: UInt32) {
        self.namespace = namespace
        user = rootUser
        group = rootGroup
    }

    /// Runs changes of mounts in the container's namespace.
    func inside<Value: Sendable>(
        _ body: () throws(SystemError) -> Value
    ) throws(SystemError) -> Value {
        try onOwnThread { () throws(SystemError) in
            try namespace.enter()
            return try body()
        }
    }
}
