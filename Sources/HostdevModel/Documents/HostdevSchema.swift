import XMLTree

/// One of the schemas of a hostdev: its mode and its type, and what it knows.
final class HostdevSchema: Sendable {
    let mode: Mode
    let type: DeviceType
    /// The names that the hostdev element knows.
    let allowedNames: AllowedNames
    /// What is preserved of the hostdev's attributes, and of its source's.
    let preserved: (attributes: [PreservedAttribute], sourceAttributes: [PreservedAttribute])
    /// The elements that libvirt allows everywhere, but reads of a SCSI unit alone.
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
        case .usb, .pci, .mdev, .scsiHost: ours = []
        }
        ignored = mode.dialect == .libvirt && !ours.contains("readonly") ? ["readonly", "shareable"] : []
        allowedNames = AllowedNames(
            attributes: ["mode", mode.typeAttribute, "managed"] + preserved.attributes.map(\.name),
            children: ["source"] + ours + ["alias"] + ignored + LibvirtSettings.elementNames)
    }

    /// The schema of a hostdev element; nil when it has none, which is noted.
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
        if mode == .capability { return mode.schemas.first }  // an interface: the first design left the type out
        let others = hostdev["mode"] == nil ? ["a mode='capability'"] : []
        let words = mode.schemas.map { "'\($0.type.rawValue)'" } + others
        reader.missing("<hostdev> has no \(mode.typeAttribute)=: \(allowedList(words))", at: hostdev)
        return nil
    }
}

/// The word for a type of device in a document.
enum DeviceType: String, CaseIterable {
    case net, scsi, misc, storage, usb, pci, mdev
    case scsiHost = "scsi_host"
}

/// The word for how a hostdev says what it is.
enum Mode: String, CaseIterable {
    /// A logical device, in the capability dialect.
    case capability
    /// A physical device, in the capability dialect.
    case bus
    /// A logical device, in libvirt's dialect.
    case capabilities
    /// A physical device, in libvirt's dialect; also what no mode at all means.
    case subsystem

    var dialect: Dialect { self == .capability || self == .bus ? .capability : .libvirt }

    /// The attribute that says the type.
    var typeAttribute: String { self == .bus ? "bus" : "type" }

    /// The schemas that can be said in this mode.
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

    /// The mode that says a type in a dialect; nil when there is none.
    static func writing(_ type: DeviceType, in dialect: Dialect) -> Mode? {
        allCases.first { $0.dialect == dialect && $0.schemas.contains { $0.type == type } }
    }
}
