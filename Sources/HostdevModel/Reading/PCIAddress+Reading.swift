import XMLTree

extension PCIAddress {
    /// Reads an `<address>` element of a PCI function, whose numbers are written as the dialect has them.
    init?(reading element: XMLElement, _ style: NumberStyle, with reader: inout DocumentReader) {
        reader.checkNames(in: element, Vocabulary(attributes: ["type", "domain", "bus", "slot", "function"]))
        if let type = element["type"], type != "pci" {
            reader.error("type=\(quoted(type)) is not a PCI address: allowed is 'pci'", at: "type", of: element)
        }
        let domain: UInt32? = reader.number("domain", of: element, style)
        let bus: UInt8? = reader.requiredNumber("bus", of: element, style)
        let slot: UInt8? = reader.requiredNumber("slot", of: element, style, in: 0...0x1F)
        let function: UInt8? = reader.requiredNumber("function", of: element, style, in: 0...7)
        guard let bus, let slot, let function,
            let address = try? PCIAddress(domain: domain ?? 0, bus: bus, slot: slot, function: function)
        else { return nil }
        self = address
    }
}
