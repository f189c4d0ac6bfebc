import XMLTree

/// A character device.
public typealias MiscDevice = DeviceFile

/// A block device.
public typealias StorageDevice = DeviceFile

/// A character or block device that is named by the path of its device node.
public struct DeviceFile: Hashable, Sendable {
    /// The path of the node on the host, or of a symbolic link to it.
    public var source: DevicePath
    /// The path of the node in the container, or nil to use the path that it has on the host.
    public var target: DevicePath?
    /// Whether the container may only read from the device.
    public var isReadOnly: Bool
    /// Whether the device may be attached to several containers at once.
    public var isShareable: Bool
    /// The owner, group and mode of the node in the container.
    public var permissions: NodePermissions

    /// Creates a device file. By default, the node has the same path as on the host, can be read and written, and
    /// belongs to one container.
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
        let path: DevicePath? = reader.value("dev", ofChild: "target", of: hostdev)
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

/// The path of a node relative to `/dev`, for example `ttyUSB0` or `snd/timer`.
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
