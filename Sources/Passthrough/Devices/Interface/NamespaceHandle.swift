internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// A network namespace other than the host's, with a socket in it.
final class NamespaceHandle {
    let namespace: Namespace
    let socket: NetlinkSocket

    init(_ namespace: borrowing Namespace) throws {
        socket = try NetlinkSocket.open(in: namespace)
        self.namespace = try namespace.duplicate()
    }
}

// A network namespace of our own, through which an interface returns from a container that works against it.
//
// The kernel refuses to move an interface to where one of its names is taken, and a container can give it a name of the
// host's as often as that is taken away. Here is nothing whose name it could know, and here it cannot give names. Like the
// container's namespace it is kept by a mount, so that a kill does not take the interface with it.
extension NamespaceHandle {
    /// Opens the one that a killed run has left. Returns nil if there is none.
    static func transit(leftAt path: FilePath) throws -> NamespaceHandle? {
        guard let namespace = try Namespace.pinned(at: path) else { return nil }
        return try NamespaceHandle(namespace)
    }

    /// Makes one, empty but for a loopback interface, whose name nobody knows.
    static func transit(at path: FilePath) throws -> NamespaceHandle {
        let namespace = try onOwnThread { () throws(SystemError) in
            try unshareNamespaces([.network])
            return try Namespace.current(.network)
        }
        _ = try Descriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerRead])
        try Mount.bind(namespace.descriptor.file, on: path)
        let place = try NamespaceHandle(namespace)
        var change = LinkChanges()
        change.name = .temporaryName()
        try place.socket.set(change, of: 1)
        return place
    }

    /// What is on its way here.
    func passenger() throws -> Link? {
        try socket.links().first { !$0.flags.contains(.loopback) }
    }
}
