/// A piece of the host that a container is given.
public struct Hostdev: Hashable, Sendable, CustomStringConvertible {
    /// What the container is given.
    public var device: Device
    /// The user's name for it, unique in the container; nil when it has none.
    public var alias: Alias?
    /// What libvirt's dialect says beside that. It means nothing to a container and is kept for writing it back.
    public var libvirtParts: LibvirtParts

    /// A hostdev without anything of libvirt's.
    public init(_ device: Device, alias: Alias? = nil) {
        self.device = device
        self.alias = alias
        self.libvirtParts = LibvirtParts()
    }

    /// The device's type and source, and the alias: `net eth0 (ua-uplink)`.
    public var description: String {
        guard let alias else { return device.description }
        return "\(device) (\(alias))"
    }
}
