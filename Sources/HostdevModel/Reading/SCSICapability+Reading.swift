import XMLTree

extension SCSIHostCapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        let uniqueID: UInt32? = reader.number(inside: "unique_id", of: element)
        guard let host: UInt32 = reader.requiredNumber(inside: "host", of: element) else { return nil }
        self.init(host: host, uniqueID: uniqueID)
    }
}

extension SCSICapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        reader.checkNames(
            in: element, Vocabulary(attributes: ["type"], children: ["host", "bus", "target", "lun", "type"]))
        let host: UInt32? = reader.requiredNumber(inside: "host", of: element)
        let bus: UInt32? = reader.requiredNumber(inside: "bus", of: element)
        let target: UInt32? = reader.requiredNumber(inside: "target", of: element)
        let lun: UInt64? = reader.requiredNumber(inside: "lun", of: element)
        let type = reader.text(inside: "type", of: element).flatMap(UnitType.init(rawValue:))
        guard let host, let bus, let target, let lun else { return nil }
        self.init(address: SCSIAddress(host: host, bus: bus, target: target, lun: lun), type: type)
    }
}
