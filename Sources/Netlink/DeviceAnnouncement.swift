internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// That a device has come or gone, as udev(7) tells programs: the netlink messages of libudev
/// (systemd, `src/libsystemd/sd-device/device-monitor.c`), to the group of those who listen to udev.
///
/// The kernel tells the network namespaces of the initial user namespace alone, and only when the device itself comes.
public struct DeviceAnnouncement: Hashable, Sendable {
    /// What has happened.
    public enum Action: String, Sendable { case add, remove }

    let action: Action
    let device: String
    let subsystem: String
    let node: String
    let number: DeviceNumber

    /// An announcement from its parts.
    ///
    /// - Parameters:
    ///   - device: the device's place in sysfs, below where that is mounted: `/devices/virtual/misc/fuse`.
    ///   - node: the node's path inside.
    public init(_ action: Action, device: String, subsystem: String, node: String, number: DeviceNumber) {
        self.action = action
        self.device = device
        self.subsystem = subsystem
        self.node = node
        self.number = number
    }

    /// Tells all who listen in a network namespace, of one after the other. It needs CAP_NET_ADMIN there.
    ///
    /// - Parameter user, group: root's ids in there as the host counts them: libudev believes nobody else. To send under
    ///   another id than one's own takes CAP_SETUID and CAP_SETGID.
    public static func send(
        _ announcements: [DeviceAnnouncement], in namespace: borrowing Namespace, user: UInt32, group: UInt32
    ) throws {
        try namespace.visit {
            // libudev takes none without a number in the kernel's sequence, which need not be the last one.
            let sequence = (try? readText("/sys/kernel/uevent_seqnum"))?.prefix { $0 != "\n" } ?? "1"
            try broadcast(announcements.map { $0.message(sequence) }, user: user, group: group)
        }
    }

    private static let udevGroup: UInt32 = 2

    private static func broadcast(_ messages: [[UInt8]], user: UInt32, group: UInt32) throws(NetlinkError) {
        let operation = "announce a device"
        guard let socket = unsafe nl_socket_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe nl_socket_free(socket) }
        guard let message = unsafe nlmsg_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe nlmsg_free(message) }
        let result = try libraryCall(operation) { unsafe nl_connect(socket, NETLINK_KOBJECT_UEVENT) }
        guard result == 0 else { throw .library(result, operation) }
        unsafe nl_socket_set_peer_groups(socket, udevGroup)
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

    /// The header, in which a listener's filter finds the subsystem, and the properties.
    func message(_ sequence: Substring) -> [UInt8] {
        let properties: [String] = [
            "ACTION=\(action.rawValue)", "DEVPATH=\(device)", "SUBSYSTEM=\(subsystem)", "DEVNAME=\(node)",
            "MAJOR=\(number.major)", "MINOR=\(number.minor)", "SEQNUM=\(sequence)",
        ]
        let bytes: [UInt8] = properties.flatMap { Array($0.utf8) + [0] }
        let headerSize: UInt32 = 40
        // In network order are the magic number and the filters, a hash of the subsystem first.
        let fields: [UInt32] = [
            UInt32(0xFEED_CAFE).bigEndian, headerSize, headerSize, UInt32(bytes.count),
            murmurHash2(Array(subsystem.utf8)).bigEndian, 0, 0, 0,
        ]
        return Array("libudev\0".utf8) + fields.flatMap { unsafe withUnsafeBytes(of: $0, Array.init) } + bytes
    }
}

/// MurmurHash2 by Austin Appleby, with a seed of 0: by it libudev's listeners filter.
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
