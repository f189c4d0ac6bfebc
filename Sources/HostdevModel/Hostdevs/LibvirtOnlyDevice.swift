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
    /// The source, preserved as it is.
    let source: XMLNode
    /// The elements beside it, without any content, that say how the device may be used.
    let flags: [XMLNode]

    /// What it is.
    public var description: String { kind.rawValue }
}

extension LibvirtOnlyDevice {
    /// Reads a hostdev that only a virtual machine has a use for. What must not be missing is looked for; the rest is
    /// libvirt's to judge.
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
