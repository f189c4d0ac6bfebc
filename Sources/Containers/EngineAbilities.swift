/// What the containers of an engine can be given, and when.
public struct EngineAbilities: Hashable, Sendable {
    /// A kind of device, by the way in which a container gets it.
    public enum DeviceKind: String, Hashable, Sendable, CaseIterable {
        /// Network interfaces, which are moved between network namespaces.
        case interfaces = "network interfaces"
        /// Device nodes, which are created below the container's root and allowed in its control group.
        case nodes = "device nodes"
        /// All nodes and interfaces of a USB device.
        case usb = "USB devices"
        /// All nodes and interfaces of a PCI function.
        case pci = "PCI devices"
    }

    /// What a running container can be given.
    public let live: Set<DeviceKind>
    /// What the engine's configuration of the container can hold, for its next start: `--config`.
    public let config: Set<DeviceKind>
    /// What to use instead of this engine, for people. Nil when there is nothing.
    public let alternative: String?

    init(live: Set<DeviceKind> = Set(DeviceKind.allCases), config: Set<DeviceKind> = [], alternative: String? = nil) {
        self.live = live
        self.config = config
        self.alternative = alternative
    }
}
