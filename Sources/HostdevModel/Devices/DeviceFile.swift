/// A character device.
public typealias MiscDevice = DeviceFile

/// A block device.
public typealias StorageDevice = DeviceFile

/// A device that is known by its node alone.
public struct DeviceFile: Hashable, Sendable {
    /// The node on the host, or a link to it.
    public var source: DevicePath
    /// The node inside; nil puts it where it is on the host.
    public var target: DevicePath?
    /// Whether the container may only read.
    public var isReadOnly: Bool
    /// Whether several containers may have the device at once.
    public var isShareable: Bool
    /// Who may use the node inside.
    public var permissions: NodePermissions

    /// A device; what is left out is at the same path, to read and write, for one container.
    public init(
        source: DevicePath, target: DevicePath? = nil, isReadOnly: Bool = false, isShareable: Bool = false,
        permissions: NodePermissions = NodePermissions()
    ) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
        self.isShareable = isShareable
        self.permissions = permissions
    }
}
