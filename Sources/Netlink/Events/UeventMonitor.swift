internal import CNetlink
internal import LinuxSystem
public import SystemPackage

/// Reports that a device has come, gone or changed: the uevents of the kernel, and those that udev(7) sends when it has
/// processed a device.
public struct UeventMonitor: ~Copyable {
    private let socket: BroadcastSocket

    /// Starts to listen in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        socket = try BroadcastSocket(
            NETLINK_KOBJECT_UEVENT, groups: UeventGroup.kernel | UeventGroup.udev, "uevents")
    }

    /// The descriptor to poll: readable once there is a uevent.
    public var file: FileDescriptor { socket.file }

    /// Reads all uevents that are waiting.
    ///
    /// - Returns: whether one of them was about a device with a node, or about a device that was bound to a driver or unbound;
    ///   true too when uevents were lost, since nobody knows what those were about.
    @discardableResult
    public func drain() -> Bool {
        var concernsNodes = false
        while true {
            switch socket.receive() {
            case .message(let message):
                // Both senders write properties as NAME=VALUE, each followed by a NUL.
                if Self.properties.contains(where: { firstIndex(of: $0, in: message) != nil }) { concernsNodes = true }
            case .none: return concernsNodes
            // What may still be waiting wakes the caller again.
            case .lost: return true
            }
        }
    }

    private static let properties = ["\0MAJOR=", "\0ACTION=bind\0", "\0ACTION=unbind\0"]
}

/// The multicast groups of NETLINK_KOBJECT_UEVENT: systemd, `src/libsystemd/sd-device/device-monitor-private.h`.
enum UeventGroup {
    static let kernel: UInt32 = 1
    static let udev: UInt32 = 2
}
