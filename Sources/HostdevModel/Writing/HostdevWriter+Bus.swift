import XMLTree

extension HostdevWriter {
    mutating func write(_ usb: USBDevice) {
        switch usb.source {
        case .id(let id, at: let address):
            setSource(children: elements(id) + (address.map { [element($0)] } ?? []))
        case .address(let address):
            setSource(children: [element(address)])
        }
    }

    mutating func write(_ device: LibvirtOnlyDevice) -> DeviceType {
        setSource(device.source.attributes, children: device.source.children)
        for flag in device.flags { add(flag) }
        switch device.kind {
        case .mdev: return .mdev
        case .scsiHost: return .scsiHost
        case .iSCSI:
            if dialect == .capability { noForm(for: "a SCSI unit behind iSCSI") }
            return .scsi
        }
    }

    private func elements(_ id: USBID) -> [XMLNode] {
        [("vendor", id.vendor), ("product", id.product)].map { name, number in
            XMLNode(name, [XMLAttribute("id", "0x" + hexadecimal(number, digits: 4))])
        }
    }

    /// The numbers are decimal, and without leading zeros, which would make them octal to libvirt.
    private func element(_ address: USBAddress) -> XMLNode {
        let device = dialect == .libvirt ? "device" : "dev"
        return XMLNode(
            "address", [XMLAttribute("bus", String(address.bus)), XMLAttribute(device, String(address.device))])
    }
}

extension PCIAddress {
    /// The address as an `<address>` element, with `type='pci'` where other types of address could stand.
    func element(type: Bool) -> XMLNode {
        let numbers = [
            XMLAttribute("domain", "0x" + hexadecimal(domain, digits: 4)),
            XMLAttribute("bus", "0x" + hexadecimal(bus, digits: 2)),
            XMLAttribute("slot", "0x" + hexadecimal(slot, digits: 2)),
            XMLAttribute("function", "0x" + hexadecimal(function, digits: 1)),
        ]
        return XMLNode("address", (type ? [XMLAttribute("type", "pci")] : []) + numbers)
    }
}
