internal import DeviceAccess
internal import HostdevModel

/// What a document says about nodes, whatever the type of the device.
struct NodesRequest {
    let isReadOnly: Bool
    let isShareable: Bool
    let permissions: NodePermissions
    /// The address under which the container finds links to the nodes of a SCSI unit.
    let targetAddress: SCSIAddress?

    /// What the container may do with the nodes.
    var access: DeviceRule.Access { isReadOnly ? .read : [.read, .write] }

    /// Nil for a device that has no nodes of its own.
    init?(_ device: Device) {
        switch device {
        case .scsi(let scsi): self.init(scsi)
        case .misc(let file), .storage(let file): self.init(file)
        default: return nil
        }
    }

    private init(_ device: SCSIDevice) {
        isReadOnly = device.isReadOnly
        isShareable = device.isShareable
        permissions = device.permissions
        targetAddress = device.targetAddress
    }

    private init(_ device: DeviceFile) {
        isReadOnly = device.isReadOnly
        isShareable = device.isShareable
        permissions = device.permissions
        targetAddress = nil
    }
}
