import XMLTree

/// A piece of the host that a container is given.
public struct Hostdev: Hashable, Sendable, CustomStringConvertible {
    /// What the container is given.
    public var device: Device
    /// The user's name for it, unique in the container; nil when it has none.
    public var alias: Alias?
    /// What libvirt's dialect says beside that. It means nothing to a container and is preserved for writing it back.
    public var libvirtSettings: LibvirtSettings

    /// A hostdev without anything of libvirt's.
    public init(_ device: Device, alias: Alias? = nil) {
        self.device = device
        self.alias = alias
        self.libvirtSettings = LibvirtSettings()
    }

    /// The device's type and source, and the alias: `net eth0 (ua-uplink)`.
    public var description: String {
        guard let alias else { return device.description }
        return "\(device) (\(alias))"
    }
}

extension Hostdev {
    /// Reads a hostdev element; nil when something is wrong with it, which the reader then knows.
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard let schema = HostdevSchema.of(element, with: &reader) else { return nil }
        reader.checkNames(in: element, schema.allowedNames)
        let source = reader.requiredChild("source", of: element)
        let alias = Alias(reading: element, with: &reader)
        let libvirtSettings = LibvirtSettings(reading: element, source, schema, with: &reader)
        guard let device = Device(reading: element, source, schema, with: &reader) else { return nil }
        self.init(device, alias: alias)
        self.libvirtSettings = libvirtSettings
    }
}

extension Hostdev {
    /// The hostdev as a document, with a line feed at the end. Reading it gives an equal value.
    ///
    /// - Throws: when the dialect has no schema for something that the hostdev says.
    public func xml(dialect: Dialect = .capability) throws(Unrepresentable) -> String {
        try text(in: dialect, margin: "") + "\n"
    }

    /// The hostdev as text, each of whose lines but the first stands behind a margin.
    func text(in dialect: Dialect, margin: String) throws(Unrepresentable) -> String {
        let element = try HostdevWriter.element(self, in: dialect)
        do {
            return try element.xml(margin: margin)
        } catch {
            throw Unrepresentable(subject: description, message: error.message)
        }
    }
}
