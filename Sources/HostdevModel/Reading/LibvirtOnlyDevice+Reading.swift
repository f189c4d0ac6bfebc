import XMLTree

extension LibvirtOnlyDevice {
    /// Reads a hostdev that only a virtual machine has a use for. What must not be missing is looked for; the rest is
    /// libvirt's to judge.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ kind: Kind, with reader: inout DocumentReader) {
        guard let source else { return nil }
        switch kind {
        case .mdev:
            guard reader.requiredText("model", of: hostdev) != nil,
                let address = reader.requiredChild("address", of: source),
                reader.requiredText("uuid", of: address) != nil
            else { return nil }
        case .scsiHost:
            guard let text = reader.requiredText("protocol", of: source),
                reader.requiredText("wwpn", of: source) != nil
            else { return nil }
            reader.checkWord(text, "protocol", of: source, among: ["vhost"])
        case .iSCSI:
            guard let text = reader.requiredText("protocol", of: source), reader.requiredText("name", of: source) != nil
            else { return nil }
            reader.checkWord(text, "protocol", of: source, among: ["iscsi"])
        }
        let flags = ["readonly", "shareable"].compactMap { name in
            reader.flag(name, of: hostdev) ? XMLElement(name) : nil
        }
        self.init(kind: kind, source: source.inStableOrder, flags: flags)
    }
}
