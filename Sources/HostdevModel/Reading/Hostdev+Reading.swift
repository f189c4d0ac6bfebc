import XMLTree

extension Hostdev {
    /// Reads a hostdev element; nil when something is wrong with it, which the reader then knows.
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        let alias = Alias(reading: element, with: &reader)
        guard let device = Device(reading: element, with: &reader) else { return nil }
        self.init(device, alias: alias)
    }
}

extension Alias {
    fileprivate init?(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        guard let element = reader.child("alias", of: hostdev) else { return nil }
        reader.checkNames(in: element, Vocabulary(attributes: ["name"]))
        guard let alias: Alias = reader.requiredValue("name", of: element) else { return nil }
        self = alias
    }
}

/// What a hostdev's `mode` can be.
private enum Mode: String, CaseIterable {
    case capability
}

/// What a logical device's `type` can be.
private enum Capability: String, CaseIterable {
    case net, scsi
}

extension Device {
    fileprivate init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard reader.requiredText("mode", of: element) != nil, let mode: Mode = reader.word("mode", of: element) else {
            return nil
        }
        switch mode {
        case .capability: self.init(readingCapability: element, with: &reader)
        }
    }

    private init?(readingCapability element: XMLElement, with reader: inout DocumentReader) {
        let type: Capability? = element["type"] == nil ? .net : reader.word("type", of: element)
        switch type {
        case .net:
            guard let net = NetDevice(reading: element, with: &reader) else { return nil }
            self = .net(net)
        case .scsi:
            guard let scsi = SCSIDevice(reading: element, with: &reader) else { return nil }
            self = .scsi(scsi)
        case nil: return nil
        }
    }
}
