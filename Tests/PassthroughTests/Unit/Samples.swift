import CNetlink
import Containers
import Glibc
import HostdevModel
import LinuxSystem
import NodeDevices
import SystemPackage
import TestHost

@testable import Netlink
@testable import Passthrough

/// Values as an attach makes them, for tests without a kernel.
enum Sample {
    static let home = FileIdentity(device: 4, inode: 1)

    /// An RTM_NEWLINK of a network card.
    static func link(_ index: Int32, _ name: String, _ attributes: [UInt8] = []) -> KernelMessage {
        let address: [UInt8] = [2, 0, 0, 0, 0, UInt8(truncatingIfNeeded: index)]
        return linkMessage(
            index, name,
            attribute(IFLA_ADDRESS, address) + attribute(IFLA_PERM_ADDRESS, address)
                + attribute(IFLA_MTU, UInt32(1_500).littleEndianBytes) + attributes)
    }

    /// An RTM_NEWADDR: permanent and global.
    static func address(_ bytes: [UInt8], _ length: UInt8, scope: UInt8 = 0) -> KernelMessage {
        let head = [UInt8(AF_INET), length, UInt8(IFA_F_PERMANENT), scope, 5, 0, 0, 0]
        return KernelMessage(
            type: UInt16(RTM_NEWADDR), bytes: head + attribute(IFA_ADDRESS, bytes) + attribute(IFA_LOCAL, bytes))
    }

    /// An RTM_NEWROUTE of the main table: unicast, static.
    static func route(_ length: UInt8, _ index: Int32, _ attributes: [UInt8] = []) -> KernelMessage {
        let head = [UInt8(AF_INET), length, 0, 0, 254, 4, 0, 1, 0, 0, 0, 0]
        return KernelMessage(
            type: UInt16(RTM_NEWROUTE),
            bytes: head + attribute(Int(RTA_OIF.rawValue), index.littleEndianBytes) + attributes)
    }

    static func interface(
        _ index: Int32, _ name: String, as containerName: String? = nil,
        _ others: [(InterfaceChange.Message.Subject, KernelMessage)] = []
    ) -> InterfaceChange {
        let messages = [(.link, link(index, name))] + others
        return InterfaceChange(
            containerIndex: index, containerName: containerName ?? name, home: home,
            messages: messages.map { .init(subject: $0, kernel: $1, about: name) })
    }

    static func net(_ source: NetDevice.Source, as name: String? = nil, alias: String? = nil) throws -> Hostdev {
        var net = NetDevice(source: source)
        if let name { net.targetName = try TargetName(name) }
        return Hostdev(.net(net), alias: try alias.map { try Alias($0) })
    }

    static func net(_ name: String, as target: String? = nil, alias: String? = nil) throws -> Hostdev {
        try net(.name(InterfaceName(name)), as: target, alias: alias)
    }

    /// A record of an interface, as `net` asks for it.
    static func record(_ index: Int32, _ name: String, as target: String? = nil, alias: String? = nil) throws -> Record
    {
        record(try net(name, as: target, alias: alias), interface(index, name, as: target), since: Int64(index))
    }

    static func record(
        _ hostdev: Hostdev, _ change: any DeviceChange, in container: String = "netns:blue-of-a-test", since: Int64 = 1
    ) -> Record {
        Record(
            id: Journal.newID(), transaction: Journal.newID(), since: since,
            container: ContainerIdentity(
                reference: container, process: nil, network: FileIdentity(device: 4, inode: 9), mounts: nil),
            hostdev: hostdev, change: change)
    }

    static func file(_ path: String, isReadOnly: Bool = false, isShareable: Bool = false) throws -> DeviceFile {
        DeviceFile(source: try DevicePath(path), isReadOnly: isReadOnly, isShareable: isShareable)
    }
}

/// Runs a body with a state directory of its own, and removes that.
func withStateDirectory(_ body: (StateDirectory) throws -> Void) throws {
    let path = FilePath("/tmp").appending("hostdev-unit-\(Journal.newID())")
    let state = StateDirectory(path)
    try state.make()
    defer { _ = try? sh("rm -r '\(path)'") }
    try body(state)
}
