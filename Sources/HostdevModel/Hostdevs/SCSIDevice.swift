import XMLTree

/// A SCSI logical unit whose device nodes are passed through to a container.
public struct SCSIDevice: Hashable, Sendable {
    /// The way in which the unit is found on the host.
    public enum Source: Hashable, Sendable {
        /// By the kernel's name of one of its nodes, for example `sg3`.
        case name(NodeName)
        /// By the path of one of its nodes, or of a symbolic link to one.
        case path(DevicePath)
        /// By its world-wide identifier.
        case wwid(WWID)
        /// By its SCSI address on the host.
        case address(SCSIAddress)
    }

    /// The way in which the unit is found on the host.
    public var source: Source
    /// The address in the container, for which symbolic links to the nodes are made, or nil for no links.
    public var targetAddress: SCSIAddress?
    /// The kinds of device nodes that the container gets.
    public var nodes: SCSINodeSelection
    /// Whether the container may open the nodes for reading only. The kernel then filters SCSI commands.
    public var isReadOnly: Bool
    /// Whether the unit may be attached to several containers at once.
    public var isShareable: Bool
    /// The owner, group and mode of the nodes in the container.
    public var permissions: NodePermissions

    /// Creates a unit. By default the container gets only its sg node, for reading and writing, and no other container
    /// may have it.
    public init(
        source: Source, targetAddress: SCSIAddress? = nil, nodes: SCSINodeSelection = .generic,
        isReadOnly: Bool = false,
        isShareable: Bool = false, permissions: NodePermissions = NodePermissions()
    ) {
        self.source = source
        self.targetAddress = targetAddress
        self.nodes = nodes
        self.isReadOnly = isReadOnly
        self.isShareable = isShareable
        self.permissions = permissions
    }
}

extension SCSIDevice.Source: CustomStringConvertible {
    /// The name, the path, the WWID or the address.
    public var description: String {
        switch self {
        case .name(let name): name.description
        case .path(let path): path.description
        case .wwid(let wwid): wwid.description
        case .address(let address): address.description
        }
    }
}

extension SCSIDevice {
    /// Reads a hostdev of `type='scsi'`.
    init?(reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        let access = NodeAccess(reading: hostdev, with: &reader)
        var targetAddress: SCSIAddress?
        var nodes: SCSINodeSelection?
        if let target = reader.child("target", of: hostdev) {
            reader.checkNames(in: target, AllowedNames(attributes: ["address", "nodes"]))
            targetAddress = reader.value("address", of: target)
            nodes = reader.value("nodes", of: target)
        }
        guard let source, let found = Source.read(source, dialect, with: &reader) else { return nil }
        self.init(
            source: found, targetAddress: targetAddress, nodes: nodes ?? .generic, isReadOnly: access.isReadOnly,
            isShareable: access.isShareable, permissions: access.permissions)
    }
}

extension SCSIDevice.Source {
    fileprivate static func read(
        _ source: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader
    ) -> SCSIDevice.Source? {
        if dialect == .libvirt { return SCSIAddress(readingLibvirt: source, with: &reader).map(Self.address) }
        reader.checkNames(in: source, AllowedNames(attributes: ["name", "wwid", "address"]))
        switch (source["name"], source["wwid"], source["address"]) {
        case (let name?, nil, nil) where name.hasPrefix("/"): return reader.value("name", of: source).map(Self.path)
        case (.some, nil, nil): return reader.value("name", of: source).map(Self.name)
        case (nil, .some, nil): return reader.value("wwid", of: source).map(Self.wwid)
        case (nil, nil, .some): return reader.value("address", of: source).map(Self.address)
        default:
            reader.missing("<source> of a SCSI device needs one of name=, wwid= and address=", at: source)
            return nil
        }
    }
}

extension SCSIAddress {
    /// Reads the source of a SCSI unit in the libvirt dialect: `<adapter>` names the host adapter, `<address>` has the
    /// other three numbers.
    fileprivate init?(readingLibvirt source: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(in: source, AllowedNames(attributes: ["protocol"], children: ["adapter", "address"]))
        let adapter = reader.requiredChild("adapter", of: source)
        let address = reader.requiredChild("address", of: source)
        guard let adapter, let address else { return nil }
        reader.checkNames(in: adapter, AllowedNames(attributes: ["type", "name"]))
        reader.checkNames(in: address, AllowedNames(attributes: ["type", "bus", "target", "unit"]))
        let bus: UInt32? = reader.requiredNumber("bus", of: address, .cLiteral)
        let target: UInt32? = reader.requiredNumber("target", of: address, .cLiteral)
        let unit: UInt64? = reader.requiredNumber("unit", of: address, .cLiteral)
        guard let name: AdapterName = reader.requiredValue("name", of: adapter), let bus, let target, let unit else {
            return nil
        }
        self.init(host: name.host, bus: bus, target: target, lun: unit)
    }
}

/// The name of a SCSI host adapter in libvirt: `scsi_host2`.
private struct AdapterName: TextValue {
    let host: UInt32

    init(_ text: some StringProtocol) throws(InvalidValue) {
        guard text.hasPrefix("scsi_host"), let host: UInt32 = digits(text.dropFirst(9), radix: 10) else {
            throw InvalidValue(text, isNot: "a SCSI adapter", expected: "scsi_host and a number, such as scsi_host2")
        }
        self.host = host
    }
}

extension HostdevWriter {
    mutating func write(_ scsi: SCSIDevice) {
        write(scsi.source)
        var target: [XMLAttribute] = []
        if let address = scsi.targetAddress { target.append(XMLAttribute("address", address.description)) }
        if scsi.nodes != .generic { target.append(XMLAttribute("nodes", scsi.nodes.description)) }
        if !target.isEmpty {
            if dialect == .libvirt { unsupported("a target address or a choice of nodes") }
            add(XMLNode("target", target))
        }
        if scsi.isReadOnly { add(XMLNode("readonly")) }
        if scsi.isShareable { add(XMLNode("shareable")) }
        write(scsi.permissions)
    }

    private mutating func write(_ source: SCSIDevice.Source) {
        switch (source, dialect) {
        case (.name(let name), .capability): setSource([XMLAttribute("name", name.description)])
        case (.path(let path), .capability): setSource([XMLAttribute("name", path.xmlText)])
        case (.wwid(let wwid), .capability): setSource([XMLAttribute("wwid", wwid.description)])
        case (.address(let address), .capability): setSource([XMLAttribute("address", address.description)])
        case (.address(let address), .libvirt):
            let numbers = [
                XMLAttribute("bus", String(address.bus)), XMLAttribute("target", String(address.target)),
                XMLAttribute("unit", String(address.lun)),
            ]
            let adapter = XMLNode("adapter", [XMLAttribute("name", "scsi_host\(address.host)")])
            setSource(children: [adapter, XMLNode("address", numbers)])
        case (_, .libvirt): unsupported("the SCSI unit \(source), which is not named by its address")
        }
    }
}
