internal import Containers
internal import LinuxSystem
internal import XMLTree

/// A container as it was found: enough to tell whether what is found later is still the same one.
struct ContainerIdentity: Hashable, Sendable {
    /// The full reference, `lxc:web`.
    var reference: String
    /// Its init process, or nil for a container without one: a bare network namespace.
    var process: Process?
    /// Its network namespace.
    var network: FileIdentity
    /// Its mount namespace, which tells it from other containers that share its network. Nil without a process.
    var mounts: FileIdentity?

    /// A process, for as long as the machine runs.
    struct Process: Hashable, Sendable {
        /// Its number on the host.
        var id: Int32
        /// When it started, in clock ticks after boot.
        var startTime: UInt64
    }

    /// Whether the two are one container, by whatever reference. Containers of a pod, and those with the host's network,
    /// share that; and one process may have left the mount namespace that it had.
    func isSame(as other: ContainerIdentity) -> Bool {
        guard network == other.network else { return false }
        if let process, process == other.process { return true }
        guard let mounts, let others = other.mounts else { return true }
        return mounts == others
    }

    /// The lock that every run takes before it changes the container.
    var lockName: String { "container-\(network.device)-\(network.inode)" }
}

extension Container {
    /// The container as records know it.
    var identity: ContainerIdentity {
        ContainerIdentity(
            reference: reference.description,
            process: process.map { ContainerIdentity.Process(id: $0.id, startTime: $0.startTime) },
            network: network.identity, mounts: files.map { $0.mounts.identity })
    }
}

extension ContainerIdentity {
    /// The identity as the `<container>` element of a record.
    var element: XMLNode {
        var element = XMLNode("container")
        element.add("reference", reference)
        if let process {
            element.add("process", String(process.id))
            element.add("started", String(process.startTime))
        }
        element.add("network", network.description)
        if let mounts { element.add("mounts", mounts.description) }
        return element
    }

    init(_ element: RecordElement) throws(RecordError) {
        reference = try element.text("reference")
        if element.has("process") {
            process = Process(id: try element.number("process"), startTime: try element.number("started"))
        }
        network = try element.file("network")
        if element.has("mounts") { mounts = try element.file("mounts") }
    }
}
