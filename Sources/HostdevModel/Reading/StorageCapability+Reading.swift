import XMLTree

extension StorageCapability {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        guard let block: DevicePath = reader.requiredValue(inside: "block", of: element) else { return nil }
        self.init(
            block: block, bus: reader.text(inside: "bus", of: element),
            driveType: reader.text(inside: "drive_type", of: element), model: reader.text(inside: "model", of: element),
            vendor: reader.text(inside: "vendor", of: element), serial: reader.text(inside: "serial", of: element))
        medium = .fixed(Size(reading: element, "size", with: &reader))
        for capability in element.children("capability") where capability["type"] == "removable" {
            let isAvailable: UInt8? = reader.number(inside: "media_available", of: capability)
            let size = Size(reading: capability, "media_size", with: &reader)
            medium = .removable(isAvailable == 0 ? nil : size)
        }
    }
}

extension StorageCapability.Size {
    fileprivate init?(reading element: XMLElement, _ name: String, with reader: inout DocumentReader) {
        let blockSize: UInt64? = reader.number(inside: "logical_block_size", of: element)
        let blockCount: UInt64? = reader.number(inside: "num_blocks", of: element)
        guard let bytes: UInt64 = reader.number(inside: name, of: element) else { return nil }
        self.init(bytes: bytes, blockSize: blockSize, blockCount: blockCount)
    }
}
