internal import HostdevModel

extension SysfsDevice {
    /// What is in `/sys/bus/scsi/devices`: hosts, targets and units, told apart by name.
    var scsiCapability: NodeCapability? {
        if let address = try? SCSIAddress(name) {
            // A host may also have devices that never answered.
            guard let type: Int = number("type") else { return nil }
            return .scsi(SCSICapability(address: address, type: SCSICapability.UnitType(type)))
        }
        if name.hasPrefix("target") { return (try? NodeName(name)).map { .scsiTarget($0) } }
        guard name.hasPrefix("host"), let host = UInt32(name.dropFirst(4)) else { return nil }
        return .scsiHost(SCSIHostCapability(host: host, uniqueID: number("scsi_host/\(name)/unique_id")))
    }
}

extension SCSICapability.UnitType {
    /// The type of a peripheral device, as INQUIRY has it: SPC-6, 6.7.2.
    fileprivate init?(_ type: Int) {
        switch type {
        case 0x00, 0x0e: self = .disk
        case 0x01: self = .tape
        case 0x03: self = .processor
        case 0x04: self = .worm
        case 0x05: self = .cdrom
        case 0x06: self = .scanner
        case 0x07: self = .opticalDisk
        case 0x08: self = .changer
        case 0x0c: self = .raid
        case 0x0d: self = .enclosure
        default: return nil
        }
    }
}
