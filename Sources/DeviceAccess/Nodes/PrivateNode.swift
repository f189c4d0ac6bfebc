internal import LinuxSystem
internal import SystemPackage

/// A node in a file system of its own, as a mount that is not attached yet.
struct PrivateNode: ~Copyable, Sendable {
    let mount: Descriptor
    let identity: FileIdentity

    /// Makes a node. Its file system belongs to the initial user namespace, so that the node can be opened also in a container
    /// with another one.
    init(_ device: DeviceNumber, _ ownership: Ownership) throws(SystemError) {
        self = try onOwnThread { () throws(SystemError) in
            // Before Linux 6.15 only an attached mount can be cloned. This one is attached in a namespace of its own.
            try unshareNamespaces([.mount])
            let directory = try Mount.detached("tmpfs")
            let root = try RootDirectory("/").directory("/")
            try Mount.attach(directory.descriptor, on: ".", in: root)
            try directory.makeNode("node", device)
            guard let status = try directory.status("node") else {
                throw SystemError(.noSuchFileOrDirectory, "make", "a private node")
            }
            try directory.setOwner(
                "node", ifStill: status.identity, user: ownership.user, group: ownership.group, mode: ownership.mode)
            return PrivateNode(mount: try Mount.clone("node", in: directory), identity: status.identity)
        }
    }

    private init(mount: consuming Descriptor, identity: FileIdentity) {
        self.mount = mount
        self.identity = identity
    }
}
