import XMLTree

/// What libvirt's dialect says of a hostdev that means nothing to a container.
public struct LibvirtSettings: Hashable, Sendable {
    /// Whether a virtual machine manager is to unbind the host's driver by itself.
    public internal(set) var isManaged: Bool = false
    /// Attributes of the hostdev element, in the order in which they are written.
    var attributes: [XMLAttribute] = []
    /// Attributes of its source.
    var sourceAttributes: [XMLAttribute] = []
    /// Elements inside it.
    var elements: [XMLNode] = []

    /// Nothing.
    public init() {}

    /// Whether libvirt's dialect says nothing more.
    public var isEmpty: Bool { !isManaged && attributes.isEmpty && sourceAttributes.isEmpty && elements.isEmpty }
}

/// An attribute that is preserved, and the words that it may say.
struct PreservedAttribute: Sendable {
    let name: String
    let words: [String]

    init(_ name: String, _ words: String...) {
        self.name = name
        self.words = words
    }
}

extension LibvirtSettings {
    /// The elements that are preserved, whatever is in them.
    static let elementNames = ["boot", "rom", "driver", "teaming", "acpi", "address"]

    /// The attributes of a hostdev of a type that are preserved.
    static func attributes(of type: DeviceType) -> [PreservedAttribute] {
        switch type {
        case .scsi: [PreservedAttribute("sgio", "filtered", "unfiltered"), PreservedAttribute("rawio", "yes", "no")]
        case .scsiHost: [PreservedAttribute("model", "virtio", "virtio-transitional", "virtio-non-transitional")]
        case .mdev:
            [
                PreservedAttribute("model", "vfio-pci", "vfio-ccw", "vfio-ap"),
                PreservedAttribute("display", "on", "off"),
                PreservedAttribute("ramfb", "on", "off"),
            ]
        case .net, .misc, .storage, .usb, .pci: []
        }
    }

    /// The attributes of a source of a type that are preserved.
    static func sourceAttributes(of type: DeviceType) -> [PreservedAttribute] {
        let startupPolicy = PreservedAttribute("startupPolicy", "mandatory", "requisite", "optional")
        return switch type {
        case .usb: [startupPolicy, PreservedAttribute("guestReset", "off", "uninitialized", "on")]
        case .pci: [startupPolicy, PreservedAttribute("writeFiltering", "yes", "no")]
        case .net, .scsi, .misc, .storage, .mdev, .scsiHost: []
        }
    }

    init(reading hostdev: XMLElement, _ source: XMLElement?, _ schema: HostdevSchema, with reader: inout DocumentReader)
    {
        // libvirt reads it of a logical device too, where it means nothing, and does not write it.
        let isManaged = reader.yesOrNo("managed", of: hostdev) ?? false
        self.isManaged = isManaged && schema.type != .net && schema.type != .misc && schema.type != .storage
        attributes = reader.preserved(schema.preserved.attributes, of: hostdev)
        if let source { sourceAttributes = reader.preserved(schema.preserved.sourceAttributes, of: source) }
        for ignored in schema.ignored {
            guard let element = reader.child(ignored, of: hostdev) else { continue }
            reader.warn("<\(ignored)> means nothing to a device of this type and is ignored", at: element)
        }
        for name in Self.elementNames where hostdev.child(name) != nil {
            elements += hostdev.children(name).map(\.normalized)
        }
    }
}

extension DocumentReader {
    /// The attributes that are preserved, in the order in which they are written.
    fileprivate mutating func preserved(_ known: [PreservedAttribute], of element: XMLElement) -> [XMLAttribute] {
        known.compactMap { attribute in
            guard let text = element[attribute.name] else { return nil }
            checkWord(text, attribute.name, of: element, among: attribute.words)
            return XMLAttribute(attribute.name, text)
        }
    }
}

extension XMLElement {
    /// The element without what is foreign in it, and with its attributes in an order that does not depend on how
    /// they were written: the type and the name first.
    var normalized: XMLNode {
        let first = ["type", "name", "protocol", "domain", "controller", "bus", "target", "slot", "unit", "function"]
        let sorted = attributes.filter { !$0.isForeign }.sorted { one, other in
            let ranks = (first.firstIndex(of: one.name) ?? first.count, first.firstIndex(of: other.name) ?? first.count)
            return ranks.0 == ranks.1 ? one.name < other.name : ranks.0 < ranks.1
        }
        return XMLNode(name, sorted, text: text, children: children.filter { !$0.isForeign }.map(\.normalized))
    }
}
