internal import CNetlink
internal import Glibc
public import SystemPackage

/// Tells that something was announced over netlink. What it was is not looked at: announcements can be lost, and who
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
        guard let socket = unsafe nl_socket_alloc() else { fatalError("out of memory") }
        unsafe nl_join_groups(socket, subject == .links ? RTMGRP_LINK : 0b11)
        let result = unsafe nl_connect(socket, subject == .links ? NETLINK_ROUTE : NETLINK_KOBJECT_UEVENT)
        guard result == 0 else {
            unsafe nl_socket_free(socket)
            throw .library(result, "listen to announcements of \(subject)")
        }
        unsafe self.socket = socket
    }

    deinit { unsafe nl_socket_free(socket) }

    /// What to wait on: there is something to read when something was announced.
    public var file: FileDescriptor { FileDescriptor(rawValue: unsafe nl_socket_get_fd(socket)) }

    /// Forgets what was announced so far.
    public func discard() {
        var byte: UInt8 = 0
        // The rest of a message goes with its beginning. ENOBUFS says once that some were lost.
        while unsafe recv(file.rawValue, &byte, 1, CInt(MSG_DONTWAIT)) >= 0 || Glibc.errno == ENOBUFS {}
    }
}
