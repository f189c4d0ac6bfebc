public import HostdevModel
public import LinuxSystem
public import SystemPackage

/// A SCSI logical unit of the host: one device with a set of nodes.
public struct SCSIUnit: Hashable, Sendable {
    /// The address: host, channel, target, LUN.
    public let address: SCSIAddress
    /// The world-wide identifier. Nil when the unit has none. Two units may have the same.
    public let wwid: String?
    /// The vendor, at most 8 characters.
    public let vendor: String
    /// The model, at most 16 characters.
    public let model: String
    /// The peripheral device type of INQUIRY: 0 is a disk, 1 a tape, 5 an optical drive, 8 a changer.
    public let type: Int
    /// The level of the SCSI standard, as the kernel counts: 7 is SPC-5. Nil when the kernel does not report it.
    public let level: Int?
    /// The identity of a unit of a USB device without a WWID. Nil on any other bus.
    var usbIdentity: DeviceIdentity?
    /// All nodes that the host's drivers have made for it, by kind and then by name. A tape has eight of kind `mt`.
    public let nodes: [SCSINode]

    /// What tells it from another unit that may get its address and its numbers: the WWID with type and LUN, since the drives
    /// and the changer of a library may have one WWID; for a unit without a WWID the vendor and the model with its address, or
    /// with the identity of its USB device.
    public var identity: DeviceIdentity {
        wwid == nil ? usbIdentity ?? legacyIdentity : legacyIdentity
    }

    /// The identity in records of release 0.1.0.
    public var legacyIdentity: DeviceIdentity {
        if let wwid {
            DeviceIdentity("\(wwid) type \(type) lun \(address.lun)")
        } else {
            DeviceIdentity("\(vendor) \(model) type \(type) at \(address)")
        }
    }

    /// The name in messages: `sg3 (2:0:0:3)`.
    public var label: String {
        nodes.first { $0.kind == .generic }.map { "\($0.name) (\(address))" } ?? "\(address)"
    }
}

extension SCSIUnit {
    /// Reads a unit's directory in sysfs: Linux, `drivers/scsi/scsi_sysfs.c`. Returns nil when it is not that of a unit.
    init?(directory: FilePath, dev: FilePath) throws(SystemError) {
        guard let name = directory.lastComponent?.string, let address = try? SCSIAddress(name) else { return nil }
        func text(_ file: String) throws(SystemError) -> String {
            try readText(directory.appending(file)).trimmed
        }
        guard let type = Int(try text("type")) else { return nil }
        let (vendor, model) = (try text("vendor"), try text("model"))
        // The directory may be named by a link.
        let place =
            try FileStatus.of(directory, followingLinks: false).kind == .symbolicLink
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
            // A driver that is not bound to the unit has no directory here.
            let names = try ifThere { () throws(SystemError) in try directoryEntries(directory.appending(place)) }
            for name in names ?? [] {
                // The driver of optical drives names its block devices sr0, that of disks sda.
                let kind = kind == .disc && name.hasPrefix("sr") ? SCSINodeKind.cd : kind
                let node = try SCSINode(kind, directory: directory.appending(place).appending(name), dev: dev)
                if let node { nodes.append(node) }
            }
        }
        return nodes
    }
}

/// A device node of a SCSI unit.
public struct SCSINode: Hashable, Sendable {
    /// The kind.
    public let kind: SCSINodeKind
    /// The kernel's name: `sg3`, `nst0l`, for bsg `2:0:0:3`.
    public let name: String
    /// The path on the host: `/dev/sg3`, `/dev/bsg/2:0:0:3`.
    public let path: FilePath
    /// The type and number.
    public let number: DeviceNumber
}

extension SCSINode {
    /// Reads name and number from the `uevent` in a node's directory of sysfs. Returns nil when it has no number.
    init?(_ kind: SCSINodeKind, directory: FilePath, dev: FilePath) throws(SystemError) {
        let values = try uevent(of: directory)
        guard let major = values["MAJOR"].flatMap({ UInt32($0) }), let minor = values["MINOR"].flatMap({ UInt32($0) }),
            let devName = values["DEVNAME"], let name = directory.lastComponent?.string
        else { return nil }
        self.init(
            kind: kind, name: name, path: dev.appending(devName),
            number: DeviceNumber(kind == .disc || kind == .cd ? .block : .character, major, minor))
    }
}

extension String {
    /// The text without the blanks and NULs with which fields of fixed size are padded.
    var trimmed: String {
        let rest = drop { $0.isWhitespace || $0 == "\0" }
        return String(rest.reversed().drop { $0.isWhitespace || $0 == "\0" }.reversed())
    }
}
