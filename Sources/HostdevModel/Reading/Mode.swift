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
