internal import Passthrough

/// A network that a container has from its start, as its configuration says.
struct ConfiguredNetwork {
    /// Where the configuration says so: `lxc.net.0`, `NETIF`.
    let place: String
    /// The interface's name in the container. Nil: it has none, or the kernel finds one that is free.
    let name: String?
    /// The host's interface: the one that is moved, or on which or a bridge of which another is made.
    let link: String?
    /// Whether the host's interface itself is moved.
    let isMoved: Bool
}
