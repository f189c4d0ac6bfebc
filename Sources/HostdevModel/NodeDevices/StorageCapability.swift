import XMLTree

/// The properties of a block device.
public struct StorageCapability: Hashable, Sendable {
    /// The capacity of a medium.
    public struct Size: Hashable, Sendable {
        /// The capacity in bytes.
        public var bytes: UInt64
        /// The size of a logical block in bytes, or nil if it is not known.
        public var blockSize: UInt64?
        /// The number of logical blocks, or nil if it is not known.
        public var blockCount: UInt64?

        /// Creates a capacity.
        public init(bytes: UInt64, blockSize: UInt64? = nil, blockCount: UInt64? = nil) {
            self.bytes = bytes
            self.blockSize = blockSize
            self.blockCount = blockCount
        }
    }

    /// The medium of the device.
    public enum Medium: Hashable, Sendable {
        /// A fixed medium, with its capacity if that is known.
        case fixed(Size?)
        /// A removable medium, with its capacity, or nil if the drive is empty.
        case removable(Size?)
    }

    /// The path of the block device node.
    public var block: DevicePath
    /// The bus of the device, such as `scsi` or `ata`.
    public var bus: String?
    /// The type of drive, such as `disk` or `cdrom`.
    public var driveType: String?
    /// The model.
    public var model: String?
    /// The vendor.
    public var vendor: String?
    /// The serial number.
    public var serial: String?
    /// The medium.
    public var medium: Medium

    /// Creates the properties of a block device.
    public init(
        block: DevicePath, bus: String? = nil, driveType: String? = nil, model: String? = nil, vendor: String? = nil,
        serial: String? = nil, medium: Medium = .fixed(nil)
    ) {
        self.block = block
        self.bus = bus
        self.driveType = driveType
        self.model = model
        self.vendor = vendor
        self.serial = serial
        self.medium = medium
    }
}

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

extension StorageCapability {
    func write(to element: inout XMLNode) {
        element.add("block", block)
        element.add("bus", bus)
        element.add("drive_type", driveType)
        element.add("model", model)
        element.add("vendor", vendor)
        element.add("serial", serial)
        switch medium {
        case .fixed(let size): size?.write("size", to: &element)
        case .removable(let size):
            var removable = XMLNode("capability", [XMLAttribute("type", "removable")])
            removable.add("media_available", size == nil ? 0 : 1)
            size?.write("media_size", to: &removable)
            element.children.append(removable)
        }
    }
}

extension StorageCapability.Size {
    fileprivate func write(_ name: String, to element: inout XMLNode) {
        element.add(name, bytes)
        element.add("logical_block_size", blockSize)
        element.add("num_blocks", blockCount)
    }
}
