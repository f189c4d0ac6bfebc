import XMLTree

/// The properties of a SCSI host adapter.
public struct SCSIHostCapability: Hashable, Sendable {
    /// The host number.
    public var host: UInt32
    /// The number of the adapter among those of its driver.
    public var uniqueID: UInt32?

    /// Creates the properties of an adapter.
    public init(host: UInt32, uniqueID: UInt32? = nil) {
        self.host = host
        self.uniqueID = uniqueID
    }
}

/// The properties of a SCSI logical unit.
public struct SCSICapability: Hashable, Sendable {
    /// The SCSI peripheral device type by its libvirt name.
    public enum UnitType: String, Hashable, Sendable, CaseIterable {
        /// Type 0x00 or 0x0e: a disk.
        case disk
        /// Type 0x01: a tape drive.
        case tape
        /// Type 0x03: a processor.
        case processor
        /// Type 0x04: a write-once medium.
        case worm
        /// Type 0x05: a CD or DVD drive.
        case cdrom
        /// Type 0x06: a scanner.
        case scanner
        /// Type 0x07: an optical disk.
        case opticalDisk = "mod"
        /// Type 0x08: a medium changer.
        case changer
        /// Type 0x0d: an enclosure (SCSI Enclosure Services).
        case enclosure
        /// Type 0x0c: a RAID controller.
        case raid
    }

    /// The SCSI address.
    public var address: SCSIAddress
    /// The type of the unit, or nil if libvirt has no name for it.
    public var type: UnitType?

    /// Creates the properties of a logical unit.
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
