internal import CNetlink
internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// Tells that something was announced over netlink. What it was is hardly looked at: announcements can be lost, and who
/// wants to know how things are now has to look anyway.
@safe public struct Announcements: ~Copyable {
    /// What is announced.
    public enum Subject: Sendable {
        /// An interface of the calling thread's network namespace has come, gone or changed: rtnetlink(7). A new
        /// alternative name of an interface that is down is not announced (Linux 6.18).
        case links
        /// A device has come, gone or changed, said by the kernel, and again by udev when it is done with it.
        case devices
    }

    private let socket: OpaquePointer

    /// Tells of what is announced from now on.
    public init(of subject: Subject) throws(NetlinkError) {
        guard let socket = unsafe nl_socket_alloc() else {
            throw NetlinkError(.noMemory, "listen to announcements of \(subject)")
        }
        unsafe nl_join_groups(socket, subject == .links ? RTMGRP_LINK : 0b11)
        do throws(NetlinkError) {
            let operation = "listen to announcements of \(subject)"
            let number = subject == .links ? NETLINK_ROUTE : NETLINK_KOBJECT_UEVENT
            let result = try libraryCall(operation) { unsafe nl_connect(socket, number) }
            guard result == 0 else { throw .library(result, operation) }
        } catch {
            unsafe nl_socket_free(socket)
            throw error
        }
        unsafe nl_socket_set_nonblocking(socket)
        // Enough for all but the longest, which count as lost: an interface with hundreds of alternative names.
        unsafe nl_socket_disable_msg_peek(socket)
        unsafe nl_socket_set_msg_buf_size(socket, 65_536)
        unsafe self.socket = socket
    }

    deinit { unsafe nl_socket_free(socket) }

    /// What to wait on: there is something to read when something was announced.
    public var file: FileDescriptor { FileDescriptor(rawValue: unsafe nl_socket_get_fd(socket)) }

    /// Forgets what was announced so far.
    public func discard() {
        while case .message = receive() {}
    }

    /// Forgets what was announced so far, and says whether any of it was about a device that has a node, or about one that got
    /// or lost a driver; or whether some of it was lost (ENOBUFS), and nobody knows what that was about.
    public func wereOfDevices() -> Bool {
        var wereOfDevices = false
        while true {
            switch receive() {
            case .message(let message):
                // Both the kernel and udev(7) write a device's properties as NAME=VALUE, a zero byte behind each.
                if Self.signs.contains(where: { firstIndex(of: $0, in: message) != nil }) { wereOfDevices = true }
            case .none: return wereOfDevices
            // There may be more, which is still there to wake whoever waits.
            case .lost: return true
            }
        }
    }

    private static let signs = ["\0MAJOR=", "\0ACTION=bind\0", "\0ACTION=unbind\0"]

    private enum Received {
        case message([UInt8])
        case none
        /// Some were lost, or could not be received.
        case lost
    }

    /// The next message.
    private func receive() -> Received {
        var sender = sockaddr_nl()
        var buffer: UnsafeMutablePointer<UInt8>?
        // It receives any message, also one that has no netlink header, as these.
        guard let count = try? libraryCall("listen", { unsafe nl_recv(socket, &sender, &buffer, nil) }) else {
            return .lost
        }
        defer { unsafe free(buffer) }
        guard count > 0, let buffer = unsafe buffer else { return count == 0 || count == -NLE_AGAIN ? .none : .lost }
        return unsafe .message(Array(UnsafeBufferPointer(start: buffer, count: Int(count))))
    }
}
