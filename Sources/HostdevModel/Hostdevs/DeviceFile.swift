import XMLTree

/// A character device.
public typealias MiscDevice = DeviceFile

/// A block device.
public typealias StorageDevice = DeviceFile

/// A device that is known by its node alone.
public struct DeviceFile: Hashable, Sendable {
    /// The node on the host, or a link to it.
    public var source: DevicePath
    /// The node inside; nil puts it where it is on the host.
    public var target: DevicePath?
    /// Whether the container may only read.
    public var isReadOnly: Bool
    /// Whether several containers may have the device at once.
    public var isShareable: Bool
    /// Who may use the node inside.
    public var permissions: NodePermissions

    /// A device; what is left out is at the same path, to read and write, for one container.
    public init(
        source: DevicePath, target: DevicePath? = nil, isReadOnly: Bool = false, isShareable: Bool = false,
        permissions: NodePermissions = NodePermissions()
    ) {
        self.source = source
        self.target = target
        self.isReadOnly = isReadOnly
        self.isShareable = isShareable
        self.permissions = permissions
    }
}

extension DeviceFile {
    /// Reads a hostdev of `type='misc'` or `type='storage'`.
    init?(
        reading hostdev: XMLElement, _ source: XMLElement?, _ schema: HostdevSchema, with reader: inout DocumentReader
    ) {
        let access = NodeAccess(reading: hostdev, with: &reader)
        var path: DevicePath?
        if let target = reader.child("target", of: hostdev) {
            reader.checkNames(in: target, AllowedNames(attributes: ["dev"]))
            path = reader.requiredValue("dev", of: target)
        }
        guard let source, let found = reader.devicePath(source, schema) else { return nil }
        self.init(
            source: found, target: path, isReadOnly: access.isReadOnly, isShareable: access.isShareable,
            permissions: access.permissions)
    }
}

extension DocumentReader {
    fileprivate mutating func devicePath(_ source: XMLElement, _ schema: HostdevSchema) -> DevicePath? {
        if schema.dialect == .libvirt {
            let name = schema.type == .misc ? "char" : "block"
            checkNames(in: source, AllowedNames(children: [name]))
            return requiredValue(inside: name, of: source)
        }
        checkNames(in: source, AllowedNames(attributes: ["name", "dev"]))
        switch (source["name"], source["dev"]) {
        case (.some, nil):
            let name: NameBelowDev? = value("name", of: source)
            return name?.path
        case (nil, .some): return value("dev", of: source)
        default:
            missing("<source> of a device node needs one of name= and dev=", at: source)
            return nil
        }
    }
}

/// The path of a node relative to `/dev`: `ttyUSB0`, `snd/timer`.
private struct NameBelowDev: TextValue {
    let path: DevicePath

    init(_ text: some StringProtocol) throws(InvalidValue) {
        do {
            path = try DevicePath("/dev/" + text)
        } catch {
            throw InvalidValue(
                text, isNot: "a device below /dev",
                expected: "a relative path without '.', '..', '//' and control characters, such as ttyUSB0; "
                    + "dev= takes an absolute one")
        }
    }
}

extension HostdevWriter {
    mutating func write(_ file: DeviceFile, as libvirtName: String) {
        switch dialect {
        case .capability: setSource([XMLAttribute("dev", file.source.xmlText)])
        case .libvirt:
            setSource(children: [XMLNode(libvirtName, text: file.source.description)])
            if file.isReadOnly { unsupported("a read-only node") }
            if file.isShareable { unsupported("a shareable node") }
        }
        if let target = file.target {
            if dialect == .libvirt { unsupported("the target \(target)") }
            add("target", "dev", target.xmlText)
        }
        if file.isReadOnly { add(XMLNode("readonly")) }
        if file.isShareable { add(XMLNode("shareable")) }
        write(file.permissions)
    }
}
