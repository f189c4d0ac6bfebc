import XMLTree

extension NodeCapability {
    /// The capability as an element, its children in libvirt's order.
    var element: XMLNode {
        var element = XMLNode("capability", [XMLAttribute("type", type)])
        switch self {
        case .net(let net): net.write(to: &element)
        case .scsiHost(let host):
            element.add("host", host.host)
            element.add("unique_id", host.uniqueID)
        case .scsiTarget(let target): element.add("target", target)
        case .scsi(let scsi):
            element.add("host", scsi.address.host)
            element.add("bus", scsi.address.bus)
            element.add("target", scsi.address.target)
            element.add("lun", scsi.address.lun)
            element.add("type", scsi.type?.rawValue)
        case .scsiGeneric(let node): element.add("char", node)
        case .storage(let storage): storage.write(to: &element)
        case .usb(let usb): usb.write(to: &element)
        case .pci(let pci): pci.write(to: &element)
        case .other: break
        }
        return element
    }
}

extension NetCapability {
    fileprivate func write(to element: inout XMLNode) {
        element.add("interface", interface)
        element.add("address", address)
        var link = XMLNode("link")
        if let speed { link.attributes.append(XMLAttribute("speed", String(speed))) }
        if let state { link.attributes.append(XMLAttribute("state", state.rawValue)) }
        if !link.attributes.isEmpty { element.children.append(link) }
        element.children += features.map { XMLNode("feature", [XMLAttribute("name", $0)]) }
        if let technology {
            element.children.append(XMLNode("capability", [XMLAttribute("type", technology.rawValue)]))
        }
    }
}

extension StorageCapability {
    fileprivate func write(to element: inout XMLNode) {
        element.add("block", block)
        element.add("bus", bus)
        element.add("drive_type", driveType)
        element.add("model", model)
        element.add("vendor", vendor)
        element.add("serial", serial)
        switch medium {
        case .fixed(let size): size?.write("size", to: &element)
        case .removable(let size):
            var removable = XMLNode("capability", [XMLAttribute("type", "removable")])
            removable.add("media_available", size == nil ? 0 : 1)
            size?.write("media_size", to: &removable)
            element.children.append(removable)
        }
    }
}

extension StorageCapability.Size {
    fileprivate func write(_ name: String, to element: inout XMLNode) {
        element.add(name, bytes)
        element.add("logical_block_size", blockSize)
        element.add("num_blocks", blockCount)
    }
}

extension USBCapability {
    fileprivate func write(to element: inout XMLNode) {
        element.add("bus", address.bus)
        element.add("device", address.device)
        element.addMaker("product", id.product, productName)
        element.addMaker("vendor", id.vendor, vendorName)
    }
}

extension PCICapability {
    fileprivate func write(to element: inout XMLNode) {
        element.add("class", classCode.map { "0x" + hexadecimal($0, digits: 6) })
        element.add("domain", address.domain)
        element.add("bus", address.bus)
        element.add("slot", address.slot)
        element.add("function", address.function)
        element.addMaker("product", product, productName)
        element.addMaker("vendor", vendor, vendorName)
    }
}

extension XMLNode {
    fileprivate mutating func addMaker(_ element: String, _ id: UInt16, _ name: String) {
        children.append(XMLNode(element, [XMLAttribute("id", "0x" + hexadecimal(id, digits: 4))], text: name))
    }
}
