import XMLTree

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

    /// The types that can be said in this mode.
    var types: [DeviceType] {
        switch self {
        case .capability: [.net, .scsi, .misc, .storage]
        case .bus: [.usb, .pci]
        case .capabilities: [.net, .misc, .storage]
        case .subsystem: [.usb, .pci, .scsi, .scsiHost, .mdev]
        }
    }

    /// The mode that says a type in a dialect; nil when there is none.
    static func saying(_ type: DeviceType, in dialect: Dialect) -> Mode? {
        allCases.first { $0.dialect == dialect && $0.types.contains(type) }
    }
}

/// Which of the forms of a hostdev an element has.
struct DeviceForm {
    let mode: Mode
    let type: DeviceType

    var dialect: Dialect { mode.dialect }

    init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        let mode: Mode? = hostdev["mode"] == nil ? .subsystem : reader.word("mode", of: hostdev)
        guard let mode else { return nil }
        if mode == .capability, hostdev["type"] == nil {  // the first design left it out
            self.init(mode: mode, type: .net)
            return
        }
        guard let text = hostdev[mode.typeAttribute] else {
            let words = mode.types.map { "'\($0.rawValue)'" } + (hostdev["mode"] == nil ? ["a mode='capability'"] : [])
            reader.missing("<hostdev> has no \(mode.typeAttribute)=: \(listed(words))", at: hostdev)
            return nil
        }
        if mode == .subsystem, hostdev["mode"] == nil, ["net", "misc", "storage"].contains(text) {
            reader.missing("<hostdev> has no mode=: type='\(text)' needs mode='capability'", at: hostdev)
            return nil
        }
        guard let type: DeviceType = reader.word(mode.typeAttribute, of: hostdev, among: mode.types) else { return nil }
        self.init(mode: mode, type: type)
    }

    init(mode: Mode, type: DeviceType) {
        self.mode = mode
        self.type = type
    }
}
