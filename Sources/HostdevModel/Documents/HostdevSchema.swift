import XMLTree

/// The names that a hostdev element of one mode and one type may contain.
final class HostdevSchema: Sendable {
    let mode: Mode
    let type: DeviceType
    /// The names that the hostdev element may contain.
    let allowedNames: AllowedNames
    /// The libvirt attributes that are kept of the hostdev and of its source.
    let preserved: (attributes: [PreservedAttribute], sourceAttributes: [PreservedAttribute])
    /// The elements that libvirt allows in every hostdev, but uses for a SCSI unit only.
    let ignored: [String]

    var dialect: Dialect { mode.dialect }

    init(_ mode: Mode, _ type: DeviceType) {
        self.mode = mode
        self.type = type
        preserved = (LibvirtSettings.attributes(of: type), LibvirtSettings.sourceAttributes(of: type))
        let ours: [String]
        switch type {
        case .net: ours = ["target", "mac", "mtu", "link", "ip", "route"]
        case .scsi, .misc, .storage: ours = ["target", "readonly", "shareable", "permissions"]
        case .usb, .pci: ours = mode == .bus ? ["target"] : []
        case .mdev, .scsiHost: ours = []
        }
        ignored = mode.dialect == .libvirt && !ours.contains("readonly") ? ["readonly", "shareable"] : []
        allowedNames = AllowedNames(
            attributes: ["mode", mode.typeAttribute, "managed"] + preserved.attributes.map(\.name),
            children: ["source"] + ours + ["alias"] + ignored + LibvirtSettings.elementNames)
    }

    /// Returns the schema of a hostdev element. Returns nil after reporting an unknown mode or type.
    static func of(_ hostdev: XMLElement, with reader: inout DocumentReader) -> HostdevSchema? {
        let mode: Mode? = hostdev["mode"] == nil ? .subsystem : reader.word("mode", of: hostdev)
        guard let mode else { return nil }
        if let text = hostdev[mode.typeAttribute] {
            if let schema = mode.schemas.first(where: { $0.type.rawValue == text }) { return schema }
            if hostdev["mode"] == nil, ["net", "misc", "storage"].contains(text) {
                reader.missing("<hostdev> has no mode=: type='\(text)' needs mode='capability'", at: hostdev)
            } else {
                let types = mode.schemas.map(\.type.rawValue)
                reader.checkWord(text, mode.typeAttribute, of: hostdev, among: types)
            }
            return nil
        }
        if mode == .capability { return mode.schemas.first }  // net: in the first proposal, an interface had no type
        let others = hostdev["mode"] == nil ? ["a mode='capability'"] : []
        let words = mode.schemas.map { "'\($0.type.rawValue)'" } + others
        reader.missing("<hostdev> has no \(mode.typeAttribute)=: \(allowedList(words))", at: hostdev)
        return nil
    }
}

/// The type of a device as a document names it.
enum DeviceType: String, CaseIterable {
    case net, scsi, misc, storage, usb, pci, mdev
    case scsiHost = "scsi_host"
}

/// The mode of a hostdev: whether it is a logical or a physical device, and in which dialect it is written.
enum Mode: String, CaseIterable {
    /// A logical device, in the capability dialect.
    case capability
    /// A physical device, in the capability dialect.
    case bus
    /// A logical device, in libvirt's dialect.
    case capabilities
    /// A physical device, in libvirt's dialect. It is the default without a `mode` attribute.
    case subsystem

    var dialect: Dialect { self == .capability || self == .bus ? .capability : .libvirt }

    /// The name of the attribute with the type.
    var typeAttribute: String { self == .bus ? "bus" : "type" }

    /// The schemas of the types that this mode has.
    var schemas: [HostdevSchema] {
        switch self {
        case .capability: Self.capabilitySchemas
        case .bus: Self.busSchemas
        case .capabilities: Self.capabilitiesSchemas
        case .subsystem: Self.subsystemSchemas
        }
    }

    private static let capabilitySchemas = [.net, .scsi, .misc, .storage].map { HostdevSchema(.capability, $0) }
    private static let busSchemas = [.usb, .pci].map { HostdevSchema(.bus, $0) }
    private static let capabilitiesSchemas = [.net, .misc, .storage].map { HostdevSchema(.capabilities, $0) }
    private static let subsystemSchemas = [.usb, .pci, .scsi, .scsiHost, .mdev].map { HostdevSchema(.subsystem, $0) }

    /// Returns the mode in which a dialect writes a type, or nil if the dialect does not have the type.
    static func writing(_ type: DeviceType, in dialect: Dialect) -> Mode? {
        allCases.first { $0.dialect == dialect && $0.schemas.contains { $0.type == type } }
    }
}
