internal import CNetlink
public import SystemPackage

/// Reports that an interface of the calling thread's network namespace has come, gone or changed: RTMGRP_LINK of rtnetlink(7).
///
/// The kernel sends no message when an interface that is down gets an alternative name (Linux 6.18).
public struct LinkMonitor: ~Copyable {
    private let socket: BroadcastSocket

    /// Starts to listen.
    public init() throws(NetlinkError) {
        socket = try BroadcastSocket(NETLINK_ROUTE, groups: UInt32(RTMGRP_LINK), "changes of interfaces")
    }

    /// The descriptor to poll: readable once something has changed.
    public var file: FileDescriptor { socket.file }

    /// Reads and drops all messages that are waiting.
    public func drain() {
        while case .message = socket.receive() {}
    }
}
