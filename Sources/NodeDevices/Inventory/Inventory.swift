public import HostdevModel
internal import LinuxSystem
public import SystemPackage

/// Lists the devices of the host from sysfs, with properties from the database of udev(7). Needs no privilege.
public struct Inventory: Sendable {
    private let sysfs: FilePath
    private let udev: FilePath

    // The directories in which the devices of each subsystem are listed.
    private static let places = [
        ("bus/pci/devices", "pci"), ("bus/usb/devices", "usb"), ("bus/scsi/devices", "scsi"),
        ("class/scsi_generic", "scsi_generic"), ("class/block", "block"), ("class/net", "net"),
    ]

    /// The inventory of a host, whose sysfs and udev database are at two paths. The network interfaces are those of the network
    /// namespace in which sysfs was mounted.
    public init(sysfs: FilePath = "/sys", udev: FilePath = "/run/udev/data") {
        self.sysfs = sysfs
        self.udev = udev
    }

    /// Returns all devices, by name: network interfaces, disks and drives, SCSI hosts, targets, units and their generic nodes,
    /// USB devices, PCI functions, and the computer, which is the parent of devices without another. A device that goes away
    /// meanwhile is left out.
    ///
    /// - Throws: `kernel` when sysfs cannot be read.
    public func devices() throws(NodeDeviceError) -> [NodeDevice] {
        var found: [String: NodeDevice] = [:]
        for (place, subsystem) in Self.places {
            for name in try names(in: sysfs.appending(place)) {
                guard
                    let device = SysfsDevice(
                        sysfs.pushing(FilePath(place)).appending(name), subsystem: subsystem, udev: udev),
                    let entry = device.nodeDevice
                else { continue }
                found[device.directory.string] = entry
            }
        }
        let devices = found.map { directory, device in
            var device = device
            device.parent = parent(of: directory, among: found)
            return device
        }
        return ([Self.computer] + devices).sorted { $0.name.description < $1.name.description }
    }

    /// Returns the nearest device above in sysfs.
    private func parent(of directory: String, among devices: [String: NodeDevice]) -> NodeDeviceName {
        var above = directory[...]
        while let end = above.lastIndex(of: "/") {
            above = above[..<end]
            if let device = devices[String(above)] { return device.name }
        }
        return .computer
    }

    private static let computer = NodeDevice(name: .computer, capabilities: [.other(type: "system")])

    /// Returns the names in a directory. A subsystem without a driver has no directory, and so none.
    private func names(in place: FilePath) throws(NodeDeviceError) -> [String] {
        do throws(SystemError) {
            return try directoryEntries(place)
        } catch {
            guard error.code == .noSuchFileOrDirectory, (try? FileStatus.of(sysfs.appending("devices"))) != nil else {
                throw NodeDeviceError(.kernel, "the devices of the host", error.description)
            }
            return []
        }
    }
}
