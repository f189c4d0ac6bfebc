/// A kind of container. One type in `Engines/` for each, listed in ``Containers/engines``.
protocol ContainerEngine: Sendable {
    /// How references call it: the part before the colon.
    var name: String { get }

    /// Pins the running container of a name.
    func container(_ name: String) throws(ContainerError) -> Container

    /// The running containers, as far as they can be seen.
    func running() throws(ContainerError) -> [ContainerSummary]
}

/// A line of `hostdev containers`.
public struct ContainerSummary: Hashable, Sendable {
    /// Its full reference.
    public let reference: ContainerReference
    /// Its init process's number on the host, where it has one.
    public let process: Int32?
    /// Whether it has a user namespace of its own.
    public let hasUserNamespace: Bool
    /// Its control group, in the unified hierarchy if there, else in that of devices.
    public let group: String?
}
