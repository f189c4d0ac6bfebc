/// What the containers of an engine can be given, and when.
public struct EngineAbilities: Hashable, Sendable {
    /// What a container is given, by how it gets there.
    public enum DeviceKind: String, Hashable, Sendable, CaseIterable {
        /// Network interfaces, which move between network namespaces.
        case interfaces = "network interfaces"
        /// Device nodes, which are made below the container's root and allowed in its control group.
        case nodes = "device nodes"
        /// All that a USB device presents.
        case usb = "USB devices"
        /// All that a PCI function presents.
        case pci = "PCI devices"
    }

    /// While the container runs.
    public let live: Set<DeviceKind>
    /// In the engine's own configuration of the container, for its next start: `--config`.
    public let config: Set<DeviceKind>
    /// What would do where this engine cannot, for people.
    public let alternative: String?

    init(live: Set<DeviceKind> = [.interfaces, .nodes], config: Set<DeviceKind> = [], alternative: String? = nil) {
        self.live = live
        self.config = config
        self.alternative = alternative
    }
}
