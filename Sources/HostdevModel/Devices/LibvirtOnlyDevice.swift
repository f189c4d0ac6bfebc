import XMLTree

/// A device that only a virtual machine has a use for.
public struct LibvirtOnlyDevice: Hashable, Sendable, CustomStringConvertible {
    /// What it is.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A mediated device.
        case mdev
        /// A vhost SCSI host.
        case scsiHost = "scsi_host"
        /// A SCSI unit behind iSCSI.
        case iSCSI = "iscsi"
    }

    /// What it is.
    public let kind: Kind
    /// The source, kept as it is.
    let source: XMLNode
    /// The elements beside it, without any content, that say how the device may be used.
    let flags: [XMLNode]

    /// What it is.
    public var description: String { kind.rawValue }
}
