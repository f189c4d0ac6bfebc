import XMLTree

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
        self.init(kind: kind, source: source.inStableOrder, flags: flags)
    }
}
