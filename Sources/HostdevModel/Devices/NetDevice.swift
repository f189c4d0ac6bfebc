/// A network interface that moves into a container, and what is set on it there.
public struct NetDevice: Hashable, Sendable {
    /// How the interface is found on the host.
    public enum Source: Hashable, Sendable {
        /// By the kernel's name for it, or by an alternative name.
        case name(InterfaceName)
        /// By its permanent MAC address.
        case mac(MACAddress)
        /// By the PCI function that it is on.
        case pci(PCIAddress)
    }

    /// Whether the interface is up inside.
    public enum LinkState: String, Hashable, Sendable, CaseIterable {
        /// Up: the default.
        case up
        /// Down.
        case down
    }

    /// The interface on the host.
    public var source: Source
    /// Its name inside.
    public var targetName: TargetName
    /// Its MAC address inside; nil leaves it unchanged.
    public var mac: MACAddress?
    /// Its MTU inside; nil leaves it unchanged.
    public var mtu: MTU?
    /// Whether it is up inside.
    public var linkState: LinkState
    /// The addresses to set inside, in this order.
    public var addresses: [InterfaceAddress]
    /// The routes to set inside, in this order.
    public var routes: [Route]
    /// Whether the permanent global addresses that it has on the host go along.
    public var inheritsAddresses: Bool
    /// Whether the routes that it has on the host go along.
    public var inheritsRoutes: Bool

    /// An interface; what is left out stays as on the host, but that it is up.
    public init(
        source: Source, targetName: TargetName = .sameAsHost, mac: MACAddress? = nil, mtu: MTU? = nil,
        linkState: LinkState = .up, addresses: [InterfaceAddress] = [], routes: [Route] = [],
        inheritsAddresses: Bool = false, inheritsRoutes: Bool = false
    ) {
        self.source = source
        self.targetName = targetName
        self.mac = mac
        self.mtu = mtu
        self.linkState = linkState
        self.addresses = addresses
        self.routes = routes
        self.inheritsAddresses = inheritsAddresses
        self.inheritsRoutes = inheritsRoutes
    }
}

extension NetDevice.Source: CustomStringConvertible {
    /// The name or the address.
    public var description: String {
        switch self {
        case .name(let name): name.description
        case .mac(let mac): mac.description
        case .pci(let address): address.description
        }
    }
}
