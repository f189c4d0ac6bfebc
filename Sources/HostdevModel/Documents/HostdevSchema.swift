import XMLTree

/// One of the forms of a hostdev: its mode and its type, and what it knows.
final class DeviceForm: Sendable {
    let mode: Mode
    let type: DeviceType
    /// The names that the hostdev element knows.
    let vocabulary: Vocabulary
    /// What is kept of the hostdev's attributes, and of its source's.
    let kept: (attributes: [KeptAttribute], sourceAttributes: [KeptAttribute])
    /// The elements that libvirt allows everywhere, but reads of a SCSI unit alone.
    let unread: [String]

    var dialect: Dialect { mode.dialect }

    init(_ mode: Mode, _ type: DeviceType) {
        self.mode = mode
        self.type = type
        kept = (LibvirtParts.attributes(of: type), LibvirtParts.sourceAttributes(of: type))
        let ours: [String]
        switch type {
        case .net: ours = ["target", "mac", "mtu", "link", "ip", "route"]
        case .scsi, .misc, .storage: ours = ["target", "readonly", "shareable", "permissions"]
        case .usb, .pci, .mdev, .scsiHost: ours = []
        }
        unread = mode.dialect == .libvirt && !ours.contains("readonly") ? ["readonly", "shareable"] : []
        vocabulary = Vocabulary(
            attributes: ["mode", mode.typeAttribute, "managed"] + kept.attributes.map(\.name),
            children: ["source"] + ours + ["alias"] + unread + LibvirtParts.elementNames)
    }

    /// The form of a hostdev element; nil when it has none, which is noted.
    static func of(_ hostdev: XMLElement, with reader: inout DocumentReader) -> DeviceForm? {
        let mode: Mode? = hostdev["mode"] == nil ? .subsystem : reader.word("mode", of: hostdev)
        guard let mode else { return nil }
        if let text = hostdev[mode.typeAttribute] {
            if let form = mode.forms.first(where: { $0.type.rawValue == text }) { return form }
            if hostdev["mode"] == nil, ["net", "misc", "storage"].contains(text) {
                reader.missing("<hostdev> has no mode=: type='\(text)' needs mode='capability'", at: hostdev)
            } else {
                let types = mode.forms.map(\.type.rawValue)
                reader.checkWord(text, mode.typeAttribute, of: hostdev, among: types)
            }
            return nil
        }
        if mode == .capability { return mode.forms.first }  // an interface: the first design left the type out
        let others = hostdev["mode"] == nil ? ["a mode='capability'"] : []
        let words = mode.forms.map { "'\($0.type.rawValue)'" } + others
        reader.missing("<hostdev> has no \(mode.typeAttribute)=: \(listed(words))", at: hostdev)
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

    /// The forms that can be said in this mode.
    var forms: [DeviceForm] {
        switch self {
        case .capability: Self.capabilityForms
        case .bus: Self.busForms
        case .capabilities: Self.capabilitiesForms
        case .subsystem: Self.subsystemForms
        }
    }

    private static let capabilityForms = [.net, .scsi, .misc, .storage].map { DeviceForm(.capability, $0) }
    private static let busForms = [.usb, .pci].map { DeviceForm(.bus, $0) }
    private static let capabilitiesForms = [.net, .misc, .storage].map { DeviceForm(.capabilities, $0) }
    private static let subsystemForms = [.usb, .pci, .scsi, .scsiHost, .mdev].map { DeviceForm(.subsystem, $0) }

    /// The mode that says a type in a dialect; nil when there is none.
    static func saying(_ type: DeviceType, in dialect: Dialect) -> Mode? {
        allCases.first { $0.dialect == dialect && $0.forms.contains { $0.type == type } }
    }
}
