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
