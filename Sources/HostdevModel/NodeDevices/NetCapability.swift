/// What an inventory says of a network interface.
public struct NetCapability: Hashable, Sendable {
    /// What the interface transmits with.
    public enum Technology: String, Hashable, Sendable, CaseIterable {
        /// IEEE 802.3: a cable.
        case ethernet = "80203"
        /// IEEE 802.11: Wi-Fi.
        case wireless = "80211"
    }

    /// The kernel's `operstate`, after RFC 2863.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Nobody knows.
        case unknown
        /// Some hardware is missing.
        case notpresent
        /// No carrier, or not turned on.
        case down
        /// An interface below this one is down.
        case lowerlayerdown
        /// In a test.
        case testing
        /// Waiting for something outside.
        case dormant
        /// Able to pass packets.
        case up
    }

    /// The kernel's name for it.
    public var interface: InterfaceName
    /// Its MAC address.
    public var address: MACAddress?
    /// Its speed in Mbit/s; nil when it is not known, or has no meaning.
    public var speed: UInt32?
    /// Its state; nil when it is not known.
    public var state: State?
    /// What its hardware does by itself, in the words of libvirt: `rx`, `tso`.
    public var features: [String]
    /// What it transmits with; nil when that is neither.
    public var technology: Technology?

    /// An interface.
    public init(
        interface: InterfaceName, address: MACAddress? = nil, speed: UInt32? = nil, state: State? = nil,
        features: [String] = [], technology: Technology? = nil
    ) {
        self.interface = interface
        self.address = address
        self.speed = speed
        self.state = state
        self.features = features
        self.technology = technology
    }
}
