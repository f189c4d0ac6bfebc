import XMLTree

/// The settings of a hostdev in the libvirt dialect that have no meaning for a container.
public struct LibvirtSettings: Hashable, Sendable {
    /// The `managed` attribute: whether libvirt unbinds the host's driver by itself.
    public internal(set) var isManaged: Bool = false
    /// The attributes of the hostdev element, in the order in which they are written.
    var attributes: [XMLAttribute] = []
    /// The attributes of its source.
    var sourceAttributes: [XMLAttribute] = []
    /// The elements in the hostdev element.
    var elements: [XMLNode] = []

    /// Creates empty settings.
    public init() {}

    /// Whether there are no settings.
    public var isEmpty: Bool { !isManaged && attributes.isEmpty && sourceAttributes.isEmpty && elements.isEmpty }
}

/// An attribute that is kept, and the values that it may have.
struct PreservedAttribute: Sendable {
    let name: String
    let words: [String]

    init(_ name: String, _ words: String...) {
        self.name = name
        self.words = words
    }
}

extension LibvirtSettings {
    /// The elements that are kept with all of their contents.
    static let elementNames = ["boot", "rom", "driver", "teaming", "acpi", "address"]

    /// The attributes that are kept of a hostdev of a type.
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
        default: []
        }
    }

    /// The attributes that are kept of the source of a hostdev of a type.
    static func sourceAttributes(of type: DeviceType) -> [PreservedAttribute] {
        let startupPolicy = PreservedAttribute("startupPolicy", "mandatory", "requisite", "optional")
        return switch type {
        case .usb: [startupPolicy, PreservedAttribute("guestReset", "off", "uninitialized", "on")]
        case .pci: [startupPolicy, PreservedAttribute("writeFiltering", "yes", "no")]
        default: []
        }
    }

    init(reading hostdev: XMLElement, _ source: XMLElement?, _ schema: HostdevSchema, with reader: inout DocumentReader)
    {
        // Libvirt accepts the attribute on a logical device too, where it has no effect, and does not write it back.
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
    /// Returns the known attributes of an element, in the order in which they are written.
    fileprivate mutating func preserved(_ known: [PreservedAttribute], of element: XMLElement) -> [XMLAttribute] {
        known.compactMap { attribute in
            guard let text = element[attribute.name] else { return nil }
            checkWord(text, attribute.name, of: element, among: attribute.words)
            return XMLAttribute(attribute.name, text)
        }
    }
}

extension XMLElement {
    /// The element without the parts that are in a namespace, with its attributes in a fixed order: type and name
    /// first.
    var normalized: XMLNode {
        let first = ["type", "name", "protocol", "domain", "controller", "bus", "target", "slot", "unit", "function"]
        let sorted = attributes.filter { !$0.isForeign }.sorted { one, other in
            let ranks = (first.firstIndex(of: one.name) ?? first.count, first.firstIndex(of: other.name) ?? first.count)
            return ranks.0 == ranks.1 ? one.name < other.name : ranks.0 < ranks.1
        }
        return XMLNode(name, sorted, text: text, children: children.filter { !$0.isForeign }.map(\.normalized))
    }
}
