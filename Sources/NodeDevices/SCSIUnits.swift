public import HostdevModel
public import LinuxSystem
public import SystemPackage

/// Looks up SCSI units of the host in sysfs. Needs no privilege.
public struct SCSIUnits: Sendable {
    private let sysfs: FilePath
    private let dev: FilePath

    /// The units of a host, whose sysfs and `/dev` are mounted at two paths.
    public init(sysfs: FilePath = "/sys", dev: FilePath = "/dev") {
        self.sysfs = sysfs
        self.dev = dev
    }

    /// Returns the unit that a document's source names. Only a look-up by WWID reads all units.
    ///
    /// - Throws: `notFound`; `wrongKind` when the name or path is that of another device; `ambiguous`; `kernel`.
    public func unit(_ source: SCSIDevice.Source) throws(NodeDeviceError) -> SCSIUnit {
        switch source {
        case .name(let name): try unit(named: name)
        case .path(let path): try unit(at: path)
        case .wwid(let wwid): try unit(wwid: wwid)
        case .address(let address): try unit(address: address)
        }
    }

    /// Returns the unit of the device that has a number now, or nil when there is no such device or it belongs to no unit.
    public func unit(of number: DeviceNumber) throws(NodeDeviceError) -> SCSIUnit? {
        try directory(of: number).flatMap { directory throws(NodeDeviceError) in
            try unit(inDirectory: directory, sought: "the SCSI unit of \(number)")
        }
    }

    /// Returns the directory of the device with a number, or nil when there is none.
    func directory(of number: DeviceNumber) throws(NodeDeviceError) -> FilePath? {
        let kind = number.kind == .block ? "block" : "char"
        let device = sysfs.appending("dev").appending(kind).appending("\(number.major):\(number.minor)")
        return try reading("the device \(number)") { () throws(SystemError) in try linkedDirectory(device) }
    }

    /// Returns the unit to which the link `device` in a device's directory leads, or nil when it leads to no unit.
    func unit(inDirectory directory: FilePath, sought: String) throws(NodeDeviceError) -> SCSIUnit? {
        let unit = try reading(sought) { () throws(SystemError) in
            try SCSIUnit(directory: linkedDirectory(directory.appending("device")), dev: dev)
        }
        return unit ?? nil
    }

    /// Returns all units, by address.
    public func all() throws(NodeDeviceError) -> [SCSIUnit] {
        let devices = sysfs.appending("bus/scsi/devices")
        let names = try reading("the SCSI units of the host") { () throws(SystemError) in
            try directoryEntries(devices)
        }
        var units: [SCSIUnit] = []
        // The directory also lists hosts and targets.
        for address in (names ?? []).compactMap({ try? SCSIAddress($0) }) {
            let unit = try reading("the SCSI unit \(address)") { () throws(SystemError) in
                try SCSIUnit(directory: devices.appending("\(address)"), dev: dev)
            }
            if let unit = unit ?? nil { units.append(unit) }
        }
        return units.sorted {
            ($0.address.host, $0.address.bus, $0.address.target, $0.address.lun)
                < ($1.address.host, $1.address.bus, $1.address.target, $1.address.lun)
        }
    }

    // The classes of a unit's nodes.
    private static let classes = ["scsi_generic", "block", "scsi_tape", "scsi_changer", "bsg"]

    private func unit(named name: NodeName) throws(NodeDeviceError) -> SCSIUnit {
        let sought = "the SCSI unit of \(name)"
        for place in Self.classes {
            let device = sysfs.appending("class").appending(place).appending(name.description)
            guard
                let directory = try reading(sought, { () throws(SystemError) in try linkedDirectory(device) })
            else { continue }
            guard let unit = try unit(inDirectory: directory, sought: sought) else {
                throw NodeDeviceError(.wrongKind, sought, "it is a device, but not one of a SCSI unit")
            }
            return unit
        }
        throw NodeDeviceError(.notFound, sought, "the host has no such device")
    }

    private func unit(at path: DevicePath) throws(NodeDeviceError) -> SCSIUnit {
        let sought = "the SCSI unit of \(path)"
        let status = try reading(sought) { () throws(SystemError) in try FileStatus.of(FilePath(path.description)) }
        guard let status else { throw NodeDeviceError(.notFound, sought, "there is no such file") }
        guard let number = status.device else {
            throw NodeDeviceError(.wrongKind, sought, "it is no device node, and no link to one")
        }
        guard let unit = try unit(of: number) else {
            throw NodeDeviceError(.wrongKind, sought, "\(number) is not a device of a SCSI unit")
        }
        return unit
    }

    private func unit(wwid: WWID) throws(NodeDeviceError) -> SCSIUnit {
        let sought = "the SCSI unit with wwid \(wwid)"
        let units = try all().filter { $0.wwid == wwid.description }
        guard let unit = units.first else { throw NodeDeviceError(.notFound, sought, "the host has none") }
        guard units.count == 1 else {
            let candidates = units.map(\.label)
            throw NodeDeviceError(
                .ambiguous(candidates: candidates), sought, "these have it: \(candidates.joined(separator: ", "))",
                remedy: "name one of them by its name or its address")
        }
        return unit
    }

    private func unit(address: SCSIAddress) throws(NodeDeviceError) -> SCSIUnit {
        let sought = "the SCSI unit \(address)"
        let directory = sysfs.appending("bus/scsi/devices").appending("\(address)")
        let unit = try reading(sought) { () throws(SystemError) in try SCSIUnit(directory: directory, dev: dev) }
        guard let unit = unit ?? nil else { throw NodeDeviceError(.notFound, sought, "the host has none") }
        return unit
    }
}
