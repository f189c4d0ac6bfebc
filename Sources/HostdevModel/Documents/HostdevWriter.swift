import XMLTree

/// Builds the XML element of one hostdev in a dialect.
///
/// The types of devices add their elements, and note each part that the dialect cannot express. This way the error
/// names all such parts at once.
struct HostdevWriter {
    let dialect: Dialect
    private(set) var source = XMLNode("source")
    private var children: [XMLNode] = []
    private var unsupportedParts: [String] = []

    init(_ dialect: Dialect) {
        self.dialect = dialect
    }

    /// Returns the element of a hostdev.
    ///
    /// - Throws: ``Unrepresentable`` if the dialect cannot express a part of the hostdev.
    static func element(_ hostdev: Hostdev, in dialect: Dialect) throws(Unrepresentable) -> XMLNode {
        var writer = HostdevWriter(dialect)
        let type = writer.device(hostdev.device)
        guard let mode = Mode.writing(type, in: dialect), writer.unsupportedParts.isEmpty else {
            let what =
                writer.unsupportedParts.isEmpty
                ? "a device of type '\(type.rawValue)'" : writer.unsupportedParts.joined(separator: ", ")
            throw Unrepresentable(
                subject: hostdev.description, message: "the \(dialect.rawValue) dialect cannot express \(what)")
        }
        return writer.element(hostdev, mode, type)
    }

    /// Adds an element to the hostdev.
    mutating func add(_ element: XMLNode) {
        children.append(element)
    }

    /// Adds an element with a single attribute to the hostdev.
    mutating func add(_ element: String, _ attribute: String, _ value: some CustomStringConvertible) {
        children.append(XMLNode(element, [XMLAttribute(attribute, value.description)]))
    }

    /// Sets the source element.
    mutating func setSource(_ attributes: [XMLAttribute] = [], children: [XMLNode] = []) {
        source = XMLNode("source", attributes, children: children)
    }

    /// Notes a part that the dialect cannot express. `what` is a noun phrase.
    mutating func unsupported(_ what: String) {
        unsupportedParts.append(what)
    }

    private mutating func device(_ device: Device) -> DeviceType {
        switch device {
        case .net(let net): write(net); return .net
        case .scsi(let scsi): write(scsi); return .scsi
        case .misc(let misc): write(misc, as: "char"); return .misc
        case .storage(let storage): write(storage, as: "block"); return .storage
        case .usb(let usb): write(usb); return .usb
        case .pci(let pci): write(pci); return .pci
        case .libvirtOnly(let device): return write(device)
        }
    }

    private func element(_ hostdev: Hostdev, _ mode: Mode, _ type: DeviceType) -> XMLNode {
        let parts = hostdev.libvirtSettings
        var element = XMLNode(
            "hostdev", [XMLAttribute("mode", mode.rawValue), XMLAttribute(mode.typeAttribute, type.rawValue)])
        if mode == .subsystem || parts.isManaged {
            element.attributes.append(XMLAttribute("managed", parts.isManaged ? "yes" : "no"))
        }
        element.attributes += parts.attributes
        var source = source
        source.attributes += parts.sourceAttributes
        element.children = [source] + children
        if let alias = hostdev.alias {
            element.children.append(XMLNode("alias", [XMLAttribute("name", alias.description)]))
        }
        element.children += parts.elements
        return element
    }
}
