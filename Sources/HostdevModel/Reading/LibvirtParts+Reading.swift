import XMLTree

extension LibvirtParts {
    /// An attribute that is kept, and the words that it may say.
    typealias Kept = (name: String, words: [String])

    /// The elements that are kept, whatever is in them.
    static let elementNames = ["boot", "rom", "driver", "teaming", "acpi", "address"]

    /// The attributes of a hostdev of a type that are kept.
    static func attributes(_ type: DeviceType) -> [Kept] {
        switch type {
        case .scsi: [("sgio", ["filtered", "unfiltered"]), ("rawio", ["yes", "no"])]
        case .scsiHost: [("model", ["virtio", "virtio-transitional", "virtio-non-transitional"])]
        case .mdev:
            [
                ("model", ["vfio-pci", "vfio-ccw", "vfio-ap"]), ("display", ["on", "off"]), ("ramfb", ["on", "off"]),
            ]
        case .net, .misc, .storage, .usb, .pci: []
        }
    }

    /// The attributes of a source of a type that are kept.
    static func sourceAttributes(_ type: DeviceType) -> [Kept] {
        switch type {
        case .usb:
            [
                ("startupPolicy", ["mandatory", "requisite", "optional"]),
                ("guestReset", ["off", "uninitialized", "on"]),
            ]
        case .pci: [("startupPolicy", ["mandatory", "requisite", "optional"]), ("writeFiltering", ["yes", "no"])]
        case .net, .scsi, .misc, .storage, .mdev, .scsiHost: []
        }
    }

    /// The elements of ours that libvirt allows everywhere, but reads of a SCSI unit alone.
    static func unread(_ form: DeviceForm) -> [String] {
        let isRead = [.scsi, .misc, .storage].contains(form.type)
        return form.dialect == .libvirt && !isRead ? ["readonly", "shareable"] : []
    }

    init(reading hostdev: XMLElement, _ form: DeviceForm, with reader: inout DocumentReader) {
        // libvirt reads it of a logical device too, where it means nothing, and does not write it.
        let isManaged = reader.yesOrNo("managed", of: hostdev) ?? false
        self.isManaged = isManaged && ![.net, .misc, .storage].contains(form.type)
        attributes = reader.kept(Self.attributes(form.type), of: hostdev)
        for source in hostdev.children where source.isNamed("source") {
            sourceAttributes += reader.kept(Self.sourceAttributes(form.type), of: source)
        }
        for unread in Self.unread(form) {
            guard let element = reader.child(unread, of: hostdev) else { continue }
            reader.warn("<\(unread)> means nothing to a device of this type and is ignored", at: element)
        }
        for name in Self.elementNames {
            for element in hostdev.children where element.isNamed(name) { elements.append(element.inStableOrder) }
        }
    }
}

extension DocumentReader {
    /// The attributes that are kept, in the order in which they are written.
    fileprivate mutating func kept(_ known: [LibvirtParts.Kept], of element: XMLElement) -> [XMLAttribute] {
        known.compactMap { name, words in
            guard let text = element[name] else { return nil }
            checkWord(text, name, of: element, among: words)
            return XMLAttribute(name, text)
        }
    }
}

extension XMLElement {
    /// The element without what is foreign in it, and with its attributes in an order that does not depend on how
    /// they were written: the type and the name first.
    var inStableOrder: XMLElement {
        let first = ["type", "name", "protocol", "domain", "controller", "bus", "target", "slot", "unit", "function"]
        let sorted = attributes.filter { !$0.isForeign }.sorted { one, other in
            let ranks = (first.firstIndex(of: one.name) ?? first.count, first.firstIndex(of: other.name) ?? first.count)
            return ranks.0 == ranks.1 ? one.name < other.name : ranks.0 < ranks.1
        }
        let children = children.filter { !$0.isForeign }.map(\.inStableOrder)
        return XMLElement(name, sorted, text: text, children: children)
    }
}
