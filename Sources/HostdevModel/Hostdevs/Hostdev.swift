package import XMLTree

/// A device of the host that is passed through to a container: the `<hostdev>` element of a document.
public struct Hostdev: Hashable, Sendable, CustomStringConvertible {
    /// The device, and how it appears in the container.
    public var device: Device
    /// The name that the user gave the hostdev, unique in its container, or nil if there is none.
    public var alias: Alias?
    /// Settings of the libvirt dialect that have no meaning for a container. They are kept so that a document can be
    /// written back without losing them.
    public var libvirtSettings: LibvirtSettings

    /// Creates a hostdev without libvirt settings.
    public init(_ device: Device, alias: Alias? = nil) {
        self.device = device
        self.alias = alias
        self.libvirtSettings = LibvirtSettings()
    }

    /// The type, the source and the alias, for example `net eth0 (ua-uplink)`.
    public var description: String {
        guard let alias else { return device.description }
        return "\(device) (\(alias))"
    }
}

extension Hostdev {
    /// Reads a hostdev element. Returns nil after reporting the problems to the reader.
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard let schema = HostdevSchema.of(element, with: &reader) else { return nil }
        reader.checkNames(in: element, schema.allowedNames)
        let source = reader.requiredChild("source", of: element)
        let alias: Alias? = reader.value("name", ofChild: "alias", of: element)
        let libvirtSettings = LibvirtSettings(reading: element, source, schema, with: &reader)
        guard let device = Device.read(element, source, schema, with: &reader) else { return nil }
        self.init(device, alias: alias)
        self.libvirtSettings = libvirtSettings
    }
}

extension Hostdev {
    /// Reads a hostdev that stands in a document of another kind, such as a record.
    ///
    /// - Parameter name: what messages call the document.
    /// - Throws: everything that is wrong with the element.
    package init(reading element: XMLElement, of document: XMLDocument, name: String) throws(DocumentError) {
        var reader = DocumentReader(document, file: name)
        guard let hostdev = Hostdev(reading: element, with: &reader), reader.errors.isEmpty else {
            throw DocumentError(problems: reader.errors.inOrder)
        }
        self = hostdev
    }

    /// The hostdev as an element in the dialect that has a form for all of it: what is meant for a virtual machine has one in
    /// libvirt's.
    package var element: XMLNode {
        get throws(Unrepresentable) {
            do {
                return try HostdevWriter.element(self, in: .capability)
            } catch {
                return try HostdevWriter.element(self, in: .libvirt)
            }
        }
    }

    /// Returns the hostdev as an XML document that ends with a line feed. Parsing it yields an equal value.
    ///
    /// - Throws: ``Unrepresentable`` if the dialect cannot express a part of the hostdev.
    public func xml(dialect: Dialect = .capability) throws(Unrepresentable) -> String {
        try text(in: dialect, margin: "") + "\n"
    }

    /// Returns the hostdev as XML. Each line but the first starts with `margin`.
    func text(in dialect: Dialect, margin: String) throws(Unrepresentable) -> String {
        let element = try HostdevWriter.element(self, in: dialect)
        do {
            return try element.xml(margin: margin)
        } catch {
            throw Unrepresentable(subject: description, message: error.message)
        }
    }
}
