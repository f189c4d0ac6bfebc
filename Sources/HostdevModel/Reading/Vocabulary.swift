/// The names that one of our elements knows.
struct Vocabulary: Sendable {
    var attributes: [String] = []
    var children: [String] = []
    var allowsText = false

    /// Every name of ours. One of them in the wrong place is an error, not something foreign to be ignored.
    static let ours = Vocabulary(
        attributes: [
            "address", "bus", "dev", "device", "display", "domain", "family", "function", "gateway", "gid",
            "guestReset",
            "id", "inherit", "mac", "managed", "metric", "mode", "model", "name", "netmask", "nodes", "peer", "prefix",
            "product", "ramfb", "rawio", "sgio", "size", "slot", "startupPolicy", "state", "target", "type", "uid",
            "unit", "vendor", "wwid", "writeFiltering",
        ],
        children: [
            "adapter", "address", "alias", "block", "boot", "char", "driver", "hostdev", "interface", "ip", "link",
            "mac",
            "mtu", "permissions", "product", "readonly", "rom", "route", "shareable", "source", "target", "teaming",
            "vendor",
        ])
}

extension DeviceForm {
    /// The names that a hostdev of this form knows.
    var vocabulary: Vocabulary { Self.vocabularies[mode]?[type] ?? Vocabulary() }

    private static let vocabularies: [Mode: [DeviceType: Vocabulary]] = Dictionary(
        uniqueKeysWithValues: Mode.allCases.map { mode in
            (
                mode,
                Dictionary(uniqueKeysWithValues: mode.types.map { ($0, vocabulary(DeviceForm(mode: mode, type: $0))) })
            )
        })

    private static func vocabulary(_ form: DeviceForm) -> Vocabulary {
        let ours: [String] =
            switch form.type {
            case .net: ["target", "mac", "mtu", "link", "ip", "route"]
            case .scsi, .misc, .storage: ["target", "readonly", "shareable", "permissions"]
            case .usb, .pci, .mdev, .scsiHost: []
            }
        let kept = LibvirtParts.unread(form) + LibvirtParts.elementNames
        return Vocabulary(
            attributes: ["mode", form.mode.typeAttribute, "managed"] + LibvirtParts.attributes(form.type).map(\.name),
            children: ["source"] + ours + ["alias"] + kept)
    }
}
