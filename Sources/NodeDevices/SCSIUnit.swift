public import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// A SCSI logical unit of the host: one device with a set of nodes.
public struct SCSIUnit: Hashable, Sendable {
    /// Where it is: H:C:T:L.
    public let address: SCSIAddress
    /// Its world-wide identifier. Not every unit has one, and two units may have the same.
    public let wwid: String?
    /// Who made it, in at most 8 characters.
    public let vendor: String
    /// What they call it, in at most 16 characters.
    public let model: String
    /// The peripheral device type of INQUIRY: 0 a disk, 1 a tape, 5 an optical drive, 8 a changer.
    public let type: Int
    /// The standard that it follows, as the kernel counts: 7 is SPC-5. Nil when the kernel does not say.
    public let level: Int?
    /// Of a USB device the identity without a WWID. Nil on any other bus.
    var usbIdentity: DeviceIdentity?
    /// All nodes that drivers of the host have made for it, by kind and then by name. A tape has eight of kind `mt`.
    public let nodes: [SCSINode]

    /// What tells it from another unit that may get its place and its numbers: its WWID with type and LUN, since a
    /// library may give one serial number to its drives and its changer; of a unit without WWID maker and model with its
    /// place, or with what the USB device says that it is.
    public var identity: DeviceIdentity {
        wwid == nil ? usbIdentity ?? legacyIdentity : legacyIdentity
    }

    /// The identity that records of 0.1.0 have.
    public var legacyIdentity: DeviceIdentity {
        if let wwid {
            DeviceIdentity("\(wwid) type \(type) lun \(address.lun)")
        } else {
            DeviceIdentity("\(vendor) \(model) type \(type) at \(address)")
        }
    }

    /// How messages call it: `sg3 (2:0:0:3)`.
    public var label: String {
        nodes.first { $0.kind == .generic }.map { "\($0.name) (\(address))" } ?? "\(address)"
    }
}

extension SCSIUnit {
    /// Reads a unit's directory in sysfs: Linux, `drivers/scsi/scsi_sysfs.c`. Nil when it is not one of a unit.
    init?(directory: FilePath, dev: FilePath) throws(SystemError) {
        guard let name = directory.lastComponent?.string, let address = try? SCSIAddress(name) else { return nil }
        func text(_ file: String) throws(SystemError) -> String {
            try readText(directory.appending(file)).trimmed
        }
        guard let type = Int(try text("type")) else { return nil }
        let (vendor, model) = (try text("vendor"), try text("model"))
        // The directory may be named by a link.
        let place = try FileStatus.of(directory, followingLinks: false).kind == .symbolicLink
            ? linkedDirectory(directory) : directory
        self.init(
            address: address,
            // A unit without one answers with an error.
            wwid: try attribute(directory.appending("wwid"))?.trimmed,
            vendor: vendor, model: model, type: type,
            level: try attribute(directory.appending("scsi_level")).flatMap { Int($0.trimmed) },
            usbIdentity: try USBPart(directory: place)?.identity(
                of: "\(vendor) \(model) type \(type) lun \(address.lun)"),
            nodes: try Self.nodes(directory, dev: dev))
    }

    private static func nodes(_ directory: FilePath, dev: FilePath) throws(SystemError) -> [SCSINode] {
        let places: [(String, SCSINodeKind)] = [
            ("scsi_generic", .generic), ("bsg", .bsg), ("block", .disc), ("scsi_tape", .mt), ("scsi_changer", .changer),
        ]
        var nodes: [SCSINode] = []
        for (place, kind) in places {
            // A driver that has not taken the unit has no directory here.
            let names = try ifThere { () throws(SystemError) in try directoryEntries(directory.appending(place)) }
            for name in names ?? [] {
                // The driver for optical drives names its disks sr0, the one for disks sda.
                let kind = kind == .disc && name.hasPrefix("sr") ? SCSINodeKind.cd : kind
                let node = try SCSINode(kind, directory: directory.appending(place).appending(name), dev: dev)
                if let node { nodes.append(node) }
            }
        }
        return nodes
    }
}

extension String {
    /// Without the spaces and NULs that fixed fields of sysfs are filled up with.
    var trimmed: String {
        let rest = drop { $0.isWhitespace || $0 == "\0" }
        return String(rest.reversed().drop { $0.isWhitespace || $0 == "\0" }.reversed())
    }
}
