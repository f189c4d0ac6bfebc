import XMLTree

extension HostdevWriter {
    /// What stands in a hostdev of `type='scsi'`.
    func elements(_ scsi: SCSIDevice) -> [XMLElement] {
        var elements = [XMLElement("source", [scsi.source.attribute])]
        var target: [XMLAttribute] = []
        if let address = scsi.targetAddress { target.append(XMLAttribute("address", address.description)) }
        if scsi.nodes != .generic { target.append(XMLAttribute("nodes", scsi.nodes.description)) }
        if !target.isEmpty { elements.append(XMLElement("target", target)) }
        if scsi.isReadOnly { elements.append(XMLElement("readonly")) }
        if scsi.isShareable { elements.append(XMLElement("shareable")) }
        if let permissions = scsi.permissions.element { elements.append(permissions) }
        return elements
    }
}

extension SCSIDevice.Source {
    fileprivate var attribute: XMLAttribute {
        switch self {
        case .name(let name): XMLAttribute("name", name.description)
        case .path(let path): XMLAttribute("name", path.description)
        case .wwid(let wwid): XMLAttribute("wwid", wwid.description)
        case .address(let address): XMLAttribute("address", address.description)
        }
    }
}

extension NodePermissions {
    /// The permissions as an element; nil when all stays as it is.
    var element: XMLElement? {
        var attributes: [XMLAttribute] = []
        if let mode {
            let digits = String(mode, radix: 8)
            attributes.append(XMLAttribute("mode", String(repeating: "0", count: 4 - digits.count) + digits))
        }
        if let uid { attributes.append(XMLAttribute("uid", String(uid))) }
        if let gid { attributes.append(XMLAttribute("gid", String(gid))) }
        return attributes.isEmpty ? nil : XMLElement("permissions", attributes)
    }
}
