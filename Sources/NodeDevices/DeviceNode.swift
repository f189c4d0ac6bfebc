internal import ByteStrings
public import HostdevModel
public import LinuxSystem
public import SystemPackage

/// A device node of the host and the device behind it.
public struct DeviceNode: Hashable, Sendable {
    /// The kernel's name: `fuse`, `sdb1`, `nvme0n1`. For a device that is not in sysfs, the name of the node.
    public let name: String
    /// The kernel's name of the disk of a partition; for any other device its own.
    public let disk: String
    /// The path by which it was looked up.
    public let path: FilePath
    /// The type and number.
    public let number: DeviceNumber
    /// What tells the device from another one that may get its number.
    public let identity: DeviceIdentity
    /// The identity in records of release 0.1.0.
    public let legacyIdentity: DeviceIdentity
    /// The SCSI unit to which it belongs. Nil for any other device.
    public let unit: SCSIUnit?
}

/// Looks up device nodes of the host, and in sysfs the devices behind them.
public struct DeviceNodes: Sendable {
    private let sysfs: FilePath
    private let units: SCSIUnits

    /// The nodes of a host, whose sysfs is mounted at a path.
    public init(sysfs: FilePath = "/sys") {
        self.sysfs = sysfs
        units = SCSIUnits(sysfs: sysfs)
    }

    /// Returns the device of a node, or of a symbolic link to one.
    ///
    /// - Throws: `notFound`; `wrongKind` when it is no device node, or one of the other type; `kernel`.
    public func node(_ path: DevicePath, _ kind: DeviceNumber.Kind) throws(NodeDeviceError) -> DeviceNode {
        let sought = "the \(kind == .block ? "block" : "character") device \(path)"
        let status: FileStatus
        do throws(SystemError) {
            status = try FileStatus.of(FilePath(path.description))
        } catch {
            let isGone = error.code == .noSuchFileOrDirectory || error.code == .notDirectory
            throw NodeDeviceError(
                isGone ? .notFound : .kernel, sought, isGone ? "there is no such file" : error.description)
        }
        guard let number = status.device else {
            throw NodeDeviceError(.wrongKind, sought, "it is no device node, and no link to one")
        }
        guard number.kind == kind else {
            throw NodeDeviceError(
                .wrongKind, sought, "it is a \(kind == .block ? "character" : "block") device",
                remedy: "give it as type='\(kind == .block ? "misc" : "storage")'")
        }
        let place = try Place(of: number, units)
        let name = place.directory?.lastComponent?.string ?? path.components.last ?? path.description
        return DeviceNode(
            name: name, disk: place.disk?.lastComponent?.string ?? name, path: FilePath(path.description),
            number: number, identity: try identity(of: number, at: place),
            legacyIdentity: try legacyIdentity(of: number, at: place), unit: place.unit ?? place.diskUnit)
    }

    /// The directories of a device in sysfs.
    private struct Place {
        /// The device's own directory. Nil when it has none.
        let directory: FilePath?
        /// The directory of a partition's disk. Nil for any other device.
        let disk: FilePath?
        /// The number of the partition.
        let partition: Int
        /// The SCSI unit of the device.
        let unit: SCSIUnit?
        /// The SCSI unit of the disk.
        let diskUnit: SCSIUnit?

        init(of number: DeviceNumber, _ units: SCSIUnits) throws(NodeDeviceError) {
            let sought = "the device \(number)"
            directory = try units.directory(of: number)
            let partition = try directory.flatMap { directory throws(NodeDeviceError) in
                try reading(sought) { () throws(SystemError) in try readText(directory.appending("partition")) }
            }
            disk = partition == nil ? nil : directory?.removingLastComponent()
            self.partition = partition.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
            unit = try directory.flatMap { directory throws(NodeDeviceError) in
                try units.unit(inDirectory: directory, sought: "the SCSI unit of \(number)")
            }
            diskUnit = try disk.flatMap { disk throws(NodeDeviceError) in
                let text = try reading(sought) { () throws(SystemError) in try readText(disk.appending("dev")) }
                return try text.flatMap { DeviceNumber(.block, sysfs: $0) }.flatMap(units.unit(of:))
            }
        }
    }

    /// Returns the device with an identity, whatever number it has now: in its place or, for a USB device, in another port.
    /// Returns nil when there is none, or more than one, as for a disk with several paths.
    ///
    /// - Parameter name: a name that the device had. A tape has nine character devices, which differ by their names.
    public func node(
        _ identity: DeviceIdentity, _ kind: DeviceNumber.Kind, like name: String
    ) throws(NodeDeviceError) -> DeviceNode? {
        var found: [DeviceNode] = []
        var moved: [DeviceNode] = []
        let numbers = sysfs.appending("dev").appending(kind == .block ? "block" : "char")
        let sought = "the device that \(name) was"
        for text in try reading(sought, { () throws(SystemError) in try directoryEntries(numbers) }) ?? [] {
            // A host has hundreds of character devices, of which few have such a name.
            guard let number = DeviceNumber(kind, sysfs: text),
                let link = try reading(sought, { () throws(SystemError) in try readLink(numbers.appending(text)) }),
                kind == .block || isNamed(link.fields(separatedBy: "/").last ?? "", like: name),
                let directory = try units.directory(of: number)
            else { continue }
            let place = try Place(of: number, units)
            let own = try self.identity(of: number, at: place)
            let former = try legacyIdentity(of: number, at: place)
            let isInPlace = own == identity || former == identity
            guard isInPlace || own.isSameOnOtherPort(as: identity), let node = try node(in: directory, kind),
                node.number == number
            else { continue }
            if isInPlace { found.append(node) } else { moved.append(node) }
        }
        let candidates = found.isEmpty ? moved : found
        return candidates.count == 1 ? candidates[0] : nil
    }

    /// Returns the node that the kernel has made for a device: sysfs(5). Returns nil when there is none, as for a device that
    /// has just come, or when another file has the path.
    private func node(in directory: FilePath, _ kind: DeviceNumber.Kind) throws(NodeDeviceError) -> DeviceNode? {
        let properties = try reading("the node of \(directory)") { () throws(SystemError) in
            try uevent(of: directory)
        }
        // A name that no document can contain cannot have been attached.
        guard let name = properties?["DEVNAME"], let path = try? DevicePath("/dev/\(name)") else { return nil }
        do throws(NodeDeviceError) {
            return try node(path, kind)
        } catch {
            guard error.code != .kernel else { throw error }
            return nil
        }
    }

    /// Returns the identity of the device that has a number now: its SCSI unit with the partition, its world-wide name, its
    /// part of a USB device, or else its path in sysfs.
    public func identity(of number: DeviceNumber) throws(NodeDeviceError) -> DeviceIdentity {
        try identity(of: number, at: Place(of: number, units))
    }

    /// Returns whether the device that has a number now has the identity of a record, also of a record of release 0.1.0.
    public func matches(_ identity: DeviceIdentity, _ number: DeviceNumber) throws(NodeDeviceError) -> Bool {
        let place = try Place(of: number, units)
        let (now, former) = try (self.identity(of: number, at: place), legacyIdentity(of: number, at: place))
        return identity == now || identity == former
    }

    private func legacyIdentity(of number: DeviceNumber, at place: Place) throws(NodeDeviceError) -> DeviceIdentity {
        try identity(of: number, at: place, unit: \.legacyIdentity, other: worldWideName)
    }

    private func identity(of number: DeviceNumber, at place: Place) throws(NodeDeviceError) -> DeviceIdentity {
        try identity(of: number, at: place, unit: \.identity) { directory throws(SystemError) in
            let known = try worldWideName(of: directory)
            let isByPlace = known == DeviceIdentity(directory.byteString.text)
            guard isByPlace, let part = try USBPart(directory: directory) else { return known }
            return try part.identity()
        }
    }

    private func identity(
        of number: DeviceNumber, at place: Place, unit: (SCSIUnit) -> DeviceIdentity,
        other: (_ directory: FilePath) throws(SystemError) -> DeviceIdentity
    ) throws(NodeDeviceError) -> DeviceIdentity {
        if let known = place.unit { return unit(known) }
        guard let directory = place.directory else { return DeviceIdentity(unknown: number) }
        do throws(SystemError) {
            guard let disk = place.disk else { return try other(directory) }
            let whole = if let known = place.diskUnit { unit(known) } else { try other(disk) }
            return whole.partition(place.partition)
        } catch {
            throw NodeDeviceError(.kernel, "the device \(number)", error.description)
        }
    }

    private func worldWideName(of directory: FilePath) throws(SystemError) -> DeviceIdentity {
        // NVMe namespaces have a world-wide name, and device mapper's devices a UUID. Other devices have only their path.
        for file in ["wwid", "dm/uuid"] {
            let text = try attribute(directory.pushing(FilePath(file)))?.lines.first
            if let text, !text.isEmpty { return DeviceIdentity(String(text)) }
        }
        return DeviceIdentity(directory.byteString.text)
    }

    /// Returns the path of a device below the mount of sysfs, its subsystem and its type: `DEVPATH`, `SUBSYSTEM` and `DEVTYPE`
    /// of uevents. Returns nil when the device is not in sysfs.
    ///
    /// - Throws: `kernel` when sysfs cannot be read.
    public func sysfsPlace(
        of number: DeviceNumber
    ) throws(NodeDeviceError) -> (path: String, subsystem: String, type: String?)? {
        guard let directory = try units.directory(of: number) else { return nil }
        return try reading("the device \(number)") { () throws(SystemError) in
            guard let subsystem = try linkedDirectory(directory.appending("subsystem")).lastComponent?.string else {
                return nil
            }
            let type = try ifThere { () throws(SystemError) in try uevent(of: directory) }?["DEVTYPE"]
            return (String(directory.string.dropFirst(sysfs.string.count)), subsystem, type)
        } ?? nil
    }

    /// Returns the symbolic links that udev(7) has made to the node of a device: paths below `/dev`, sorted. Those that are named
    /// for a content, which changes with a medium, are left out. Empty when no udev runs.
    public func links(to number: DeviceNumber, udev: FilePath = "/run/udev/data") -> [DevicePath] {
        let kind = number.kind == .block ? "b" : "c"
        let all = UdevEntry(udev.appending("\(kind)\(number.major):\(number.minor)")).links
        let contents = ["diskseq", "uuid", "label", "partuuid", "partlabel"].map { "/dev/disk/by-\($0)/" }
        return all.filter { link in !contents.contains { link.description.utf8.starts(with: $0.utf8) } }
    }
}

/// Returns whether two names are equal but for their digits.
private func isNamed(_ name: some StringProtocol, like other: String) -> Bool {
    let isNoDigit = { (byte: UInt8) in !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
    return name.utf8.filter(isNoDigit).elementsEqual(other.utf8.filter(isNoDigit))
}

extension DeviceNumber {
    /// Reads the content of a file `dev` of sysfs: `8:16`.
    fileprivate init?(_ kind: Kind, sysfs text: String) {
        let parts = text.split(whereSeparator: { $0 == ":" || $0 == "\n" }).compactMap { UInt32($0) }
        guard parts.count == 2 else { return nil }
        self.init(kind, parts[0], parts[1])
    }
}
