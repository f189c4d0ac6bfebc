public import HostdevModel
public import LinuxSystem
public import SystemPackage

/// A device node of a SCSI unit, as the host has it.
public struct SCSINode: Hashable, Sendable {
    /// What one does with it.
    public let kind: SCSINodeKind
    /// The kernel's name, as in sysfs: `sg3`, `nst0l`, `2:0:0:3` for bsg.
    public let name: String
    /// The host's node: `/dev/sg3`, `/dev/bsg/2:0:0:3`.
    public let path: FilePath
    /// The type and number.
    public let number: DeviceNumber
}

extension SCSINode {
    /// Reads a node's directory in sysfs: its `uevent` says name and number, sysfs(5). Nil when it has no number.
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
