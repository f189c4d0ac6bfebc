import XMLTree

extension HostdevWriter {
    mutating func write(_ scsi: SCSIDevice) {
        write(scsi.source)
        var target: [XMLAttribute] = []
        if let address = scsi.targetAddress { target.append(XMLAttribute("address", address.description)) }
        if scsi.nodes != .generic { target.append(XMLAttribute("nodes", scsi.nodes.description)) }
        if !target.isEmpty {
            if dialect == .libvirt { noForm(for: "a target address or a choice of nodes") }
            add(XMLNode("target", target))
        }
        if scsi.isReadOnly { add(XMLNode("readonly")) }
        if scsi.isShareable { add(XMLNode("shareable")) }
        write(scsi.permissions)
    }

    mutating func write(_ file: DeviceFile, as libvirtName: String) {
        switch dialect {
        case .capability: setSource([XMLAttribute("dev", file.source.xmlText)])
        case .libvirt:
            setSource(children: [XMLNode(libvirtName, text: file.source.description)])
            if file.isReadOnly { noForm(for: "a read-only node") }
            if file.isShareable { noForm(for: "a shareable node") }
        }
        if let target = file.target {
            if dialect == .libvirt { noForm(for: "the target \(target)") }
            add("target", "dev", target.xmlText)
        }
        if file.isReadOnly { add(XMLNode("readonly")) }
        if file.isShareable { add(XMLNode("shareable")) }
        write(file.permissions)
    }

    private mutating func write(_ source: SCSIDevice.Source) {
        switch (source, dialect) {
        case (.name(let name), .capability): setSource([XMLAttribute("name", name.description)])
        case (.path(let path), .capability): setSource([XMLAttribute("name", path.xmlText)])
        case (.wwid(let wwid), .capability): setSource([XMLAttribute("wwid", wwid.description)])
        case (.address(let address), .capability): setSource([XMLAttribute("address", address.description)])
        case (.address(let address), .libvirt):
            let numbers = [
                XMLAttribute("bus", String(address.bus)), XMLAttribute("target", String(address.target)),
                XMLAttribute("unit", String(address.lun)),
            ]
            let adapter = XMLNode("adapter", [XMLAttribute("name", "scsi_host\(address.host)")])
            setSource(children: [adapter, XMLNode("address", numbers)])
        case (_, .libvirt): noForm(for: "the SCSI unit \(source), which is not named by its address")
        }
    }

    private mutating func write(_ permissions: NodePermissions) {
        guard permissions != NodePermissions() else { return }
        if dialect == .libvirt { noForm(for: "permissions") }
        var attributes: [XMLAttribute] = []
        if let mode = permissions.mode { attributes.append(XMLAttribute("mode", octal(mode, digits: 4))) }
        if let uid = permissions.uid { attributes.append(XMLAttribute("uid", String(uid))) }
        if let gid = permissions.gid { attributes.append(XMLAttribute("gid", String(gid))) }
        add(XMLNode("permissions", attributes))
    }
}
