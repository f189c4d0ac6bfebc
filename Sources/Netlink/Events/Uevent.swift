internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A uevent as udev(7) sends it to programs after a device was added or removed: the netlink message of libudev
/// (systemd, `src/libsystemd/sd-device/device-monitor.c`), to the multicast group to which libudev's monitors listen.
///
/// The kernel itself sends uevents only to network namespaces that the initial user namespace owns, and only when the
/// device itself comes or goes, not when a container gets its node.
public struct Uevent: Sendable {
    /// What happened to the device.
    public enum Action: String, Sendable { case add, remove }

    let action: Action
    let device: String
    let subsystem: String
    let type: String?
    let node: (path: String, number: DeviceNumber)?

    /// A uevent of a device with a node.
    ///
    /// - Parameters:
    ///   - device: DEVPATH, the device's path below the mount of sysfs: `/devices/virtual/misc/fuse`.
    ///   - type: DEVTYPE, for example `usb_device`. Nil for a device without one.
    ///   - node: DEVNAME, the path of the node inside the container.
    public init(
        _ action: Action, device: String, subsystem: String, type: String? = nil, node: String, number: DeviceNumber
    ) {
        self.action = action
        self.device = device
        self.subsystem = subsystem
        self.type = type
        self.node = (node, number)
    }

    /// A uevent of a device without a node, such as an interface of a USB device.
    public init(_ action: Action, device: String, subsystem: String, type: String?) {
        self.action = action
        self.device = device
        self.subsystem = subsystem
        self.type = type
        node = nil
    }

    /// Sends uevents, in their order, to all that listen in a network namespace. Needs CAP_NET_ADMIN there.
    ///
    /// - Parameters:
    ///   - user: the id of the container's root as the host counts. libudev drops messages of any other user. To send under an
    ///     id other than the caller's own takes CAP_SETUID.
    ///   - group: the id of the root group, likewise; takes CAP_SETGID.
    public static func send(
        _ uevents: [Uevent], in namespace: borrowing Namespace, user: UInt32, group: UInt32
    ) throws {
        try namespace.visit {
            // libudev drops a message without a sequence number of the kernel's. It need not be the latest.
            let sequence = (try? readText("/sys/kernel/uevent_seqnum"))?.prefix { $0 != "\n" } ?? "1"
            try broadcast(uevents.map { $0.message(sequence) }, user: user, group: group)
        }
    }

    private static func broadcast(_ messages: [[UInt8]], user: UInt32, group: UInt32) throws(NetlinkError) {
        let operation = "send a uevent"
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe nl_socket_free(socket) }
        guard let message = unsafe nlmsg_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe nlmsg_free(message) }
        let result = try libraryCall(operation) { unsafe nl_connect(socket, NETLINK_KOBJECT_UEVENT) }
        guard result == 0 else { throw .library(result, operation) }
        unsafe nl_socket_set_peer_groups(socket, UeventGroup.udev)
        unsafe nlmsg_set_sender(message, getpid(), user, group)
        for var bytes in messages {
            let result = try libraryCall(operation) {
                unsafe bytes.withUnsafeMutableBytes { buffer in
                    var part = unsafe iovec(iov_base: buffer.baseAddress, iov_len: buffer.count)
                    return unsafe nl_send_iovec(socket, message, &part, 1)
                }
            }
            guard result >= 0 else { throw .library(result, operation) }
        }
    }

    /// `struct monitor_netlink_header`, which listeners filter by, and the properties.
    func message(_ sequence: Substring) -> [UInt8] {
        var properties = ["ACTION=\(action.rawValue)", "DEVPATH=\(device)", "SUBSYSTEM=\(subsystem)"]
        if let (path, number) = node {
            properties += ["DEVNAME=\(path)", "MAJOR=\(number.major)", "MINOR=\(number.minor)"]
        }
        if let type { properties.append("DEVTYPE=\(type)") }
        properties.append("SEQNUM=\(sequence)")
        let bytes: [UInt8] = properties.flatMap { Array($0.utf8) + [0] }
        let headerSize: UInt32 = 40
        let magic: UInt32 = 0xFEED_CAFE
        // The magic number and the hashes to filter by are in network byte order, all other numbers in the machine's.
        let fields: [UInt32] = [
            magic.bigEndian, headerSize, headerSize, UInt32(bytes.count),
            murmurHash2(Array(subsystem.utf8)).bigEndian, type.map { murmurHash2(Array($0.utf8)).bigEndian } ?? 0, 0, 0,
        ]
        return Array("libudev\0".utf8) + fields.flatMap { unsafe withUnsafeBytes(of: $0, Array.init) } + bytes
    }
}

/// MurmurHash2 by Austin Appleby, with a seed of 0, in which libudev hashes names of subsystems.
func murmurHash2(_ bytes: [UInt8]) -> UInt32 {
    let factor: UInt32 = 0x5BD1_E995
    var hash = UInt32(truncatingIfNeeded: bytes.count)
    let whole = bytes.count & ~3
    for start in stride(from: 0, to: whole, by: 4) {
        var part = bytes[start..<start + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } &* factor
        part = (part ^ part >> 24) &* factor
        hash = hash &* factor ^ part
    }
    if whole < bytes.count {
        hash = (hash ^ bytes[whole...].reversed().reduce(0) { $0 << 8 | UInt32($1) }) &* factor
    }
    hash = (hash ^ hash >> 13) &* factor
    return hash ^ hash >> 15
}
