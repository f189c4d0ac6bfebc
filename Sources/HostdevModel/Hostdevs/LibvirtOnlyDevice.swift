import XMLTree

/// A device that only a virtual machine can use.
public struct LibvirtOnlyDevice: Hashable, Sendable, CustomStringConvertible {
    /// The kind of device.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// A mediated device.
        case mdev
        /// A vhost-scsi host adapter.
        case scsiHost = "scsi_host"
        /// A SCSI unit that the virtual machine reaches over iSCSI.
        case iSCSI = "iscsi"
    }

    /// The kind of device.
    public let kind: Kind
    /// The `<source>` element as it was read.
    let source: XMLNode
    /// The empty elements beside the source, such as `<readonly/>`.
    let flags: [XMLNode]

    /// The name of the kind.
    public var description: String { kind.rawValue }
}

extension LibvirtOnlyDevice {
    /// Reads the hostdev. Only the required parts are checked; libvirt checks the rest.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ kind: Kind, with reader: inout DocumentReader) {
        guard let source else { return nil }
        switch kind {
        case .mdev:
            _ = reader.requiredText("model", of: hostdev)
            if let address = reader.requiredChild("address", of: source) {
                _ = reader.requiredText("uuid", of: address)
            }
        case .scsiHost:
            _ = reader.requiredText("wwpn", of: source)
            if let text = reader.requiredText("protocol", of: source) {
                reader.checkWord(text, "protocol", of: source, among: ["vhost"])
            }
        case .iSCSI:
            _ = reader.requiredText("name", of: source)
            reader.checkWord(source["protocol"] ?? "", "protocol", of: source, among: ["adapter", "iscsi"])
        }
        let flags = ["readonly", "shareable"].compactMap { name in
            kind == .iSCSI && reader.flag(name, of: hostdev) ? XMLNode(name) : nil
        }
        self.init(kind: kind, source: source.normalized, flags: flags)
    }
}

extension HostdevWriter {
    mutating func write(_ device: LibvirtOnlyDevice) -> DeviceType {
        setSource(device.source.attributes, children: device.source.children)
        for flag in device.flags { add(flag) }
        switch device.kind {
        case .mdev: return .mdev
        case .scsiHost: return .scsiHost
        case .iSCSI:
            if dialect == .capability { unsupported("a SCSI unit behind iSCSI") }
            return .scsi
        }
    }
}
