import XMLTree

/// What an inventory says of a SCSI host adapter.
public struct SCSIHostCapability: Hashable, Sendable {
    /// Its number in the kernel.
    public var host: UInt32
    /// Its number among the adapters of its driver.
    public var uniqueID: UInt32?

    /// An adapter.
    public init(host: UInt32, uniqueID: UInt32? = nil) {
        self.host = host
        self.uniqueID = uniqueID
    }
}

/// What an inventory says of a SCSI logical unit.
public struct SCSICapability: Hashable, Sendable {
    /// The peripheral device type of SPC, in the words of libvirt.
    public enum UnitType: String, Hashable, Sendable, CaseIterable {
        /// Type 0x00, or 0x0e: a disk.
        case disk
        /// Type 0x01.
        case tape
        /// Type 0x03.
        case processor
        /// Type 0x04: write once, read many.
        case worm
        /// Type 0x05.
        case cdrom
        /// Type 0x06.
        case scanner
        /// Type 0x07: an optical disk.
        case opticalDisk = "mod"
        /// Type 0x08: a medium changer.
        case changer
        /// Type 0x0d: SCSI enclosure services.
        case enclosure
        /// Type 0x0c: a controller of arrays.
        case raid
    }

    /// Its address.
    public var address: SCSIAddress
    /// What it is; nil when libvirt has no word for it.
    public var type: UnitType?

    /// A logical unit.
    public init(address: SCSIAddress, type: UnitType? = nil) {
        self.address = address
        self.type = type
    }
}

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
            in: element, AllowedNames(attributes: ["type"], children: ["host", "bus", "target", "lun", "type"]))
        let host: UInt32? = reader.requiredNumber(inside: "host", of: element)
        let bus: UInt32? = reader.requiredNumber(inside: "bus", of: element)
        let target: UInt32? = reader.requiredNumber(inside: "target", of: element)
        let lun: UInt64? = reader.requiredNumber(inside: "lun", of: element)
        let type = reader.text(inside: "type", of: element).flatMap(UnitType.init(rawValue:))
        guard let host, let bus, let target, let lun else { return nil }
        self.init(address: SCSIAddress(host: host, bus: bus, target: target, lun: lun), type: type)
    }
}
