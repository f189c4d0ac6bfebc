/// A SCSI logical unit whose nodes a container gets.
public struct SCSIDevice: Hashable, Sendable {
    /// How the unit is found on the host.
    public enum Source: Hashable, Sendable {
        /// By the kernel's name of one of its nodes.
        case name(NodeName)
        /// By the path of one of its nodes, or of a link to one.
        case path(DevicePath)
        /// By its world-wide identifier.
        case wwid(WWID)
        /// By its address.
        case address(SCSIAddress)
    }

    /// The unit on the host.
    public var source: Source
    /// The address under which the container finds links to the nodes; nil makes no links.
    public var targetAddress: SCSIAddress?
    /// Which of the unit's nodes the container gets.
    public var nodes: NodeSelection
    /// Whether the container may only read, so that the kernel's command filter applies.
    public var isReadOnly: Bool
    /// Whether several containers may have the unit at once.
    public var isShareable: Bool
    /// Who may use the nodes inside.
    public var permissions: NodePermissions

    /// A unit; what is left out is its sg node alone, to read and write, for one container.
    public init(
        source: Source, targetAddress: SCSIAddress? = nil, nodes: NodeSelection = .generic, isReadOnly: Bool = false,
        isShareable: Bool = false, permissions: NodePermissions = NodePermissions()
    ) {
        self.source = source
        self.targetAddress = targetAddress
        self.nodes = nodes
        self.isReadOnly = isReadOnly
        self.isShareable = isShareable
        self.permissions = permissions
    }
}

extension SCSIDevice.Source: CustomStringConvertible {
    /// The name, the path, the identifier or the address.
    public var description: String {
        switch self {
        case .name(let name): name.description
        case .path(let path): path.description
        case .wwid(let wwid): wwid.description
        case .address(let address): address.description
        }
    }
}
