internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

/// A netlink socket, of rtnetlink(7) unless said otherwise. It stays in the network namespace in which it was opened,
/// whichever namespace its thread enters later.
public struct NetlinkSocket: ~Copyable {
    private let transport: any NetlinkTransport
    private let state = State()

    private final class State {
        /// The sequence number of the latest request.
        var number: UInt32 = 0
        /// Whether the kernel may have more of the latest reply than was received.
        var hasRest = false
    }

    /// Opens a socket in the calling thread's network namespace.
    public init() throws(NetlinkError) {
        try self.init(protocol: NETLINK_ROUTE)
    }

    /// Opens a socket of a `NETLINK_` protocol.
    init(protocol number: CInt) throws(NetlinkError) {
        transport = try KernelTransport(number)
    }

    /// A socket whose datagrams something else than the kernel may take and answer.
    init(over transport: any NetlinkTransport) {
        self.transport = transport
    }

    /// Opens a socket inside a network namespace.
    public static func open(in namespace: borrowing Namespace) throws -> NetlinkSocket {
        try namespace.visit { try NetlinkSocket() }
    }

    /// Sends a request and waits for the kernel's acknowledgement.
    func perform(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError) {
        _ = try exchange(message, operation())
    }

    /// Sends a query and returns the messages of the reply, in the kernel's order. A message for which `enough` returns true
    /// is the last.
    ///
    /// A list during which the kernel's tables changed may be wrong (NLM_F_DUMP_INTR), so it is asked for again, for up to five
    /// seconds. After that the error is EAGAIN.
    func query(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String,
        enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> [KernelMessage] {
        // Whoever starts hundreds of containers changes the tables for a while. A short pause is more likely to find them at
        // rest than the next query at once.
        let deadline = ContinuousClock.now + .seconds(5)
        var pause: UInt32 = 100
        repeat {
            let reply = try exchange(message, operation(), enough)
            if !reply.isInterrupted { return reply.messages }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        } while ContinuousClock.now < deadline
        throw NetlinkError(.resourceTemporarilyUnavailable, operation(), sentence: "the kernel's tables keep changing")
    }

    private func exchange(
        _ message: NetlinkMessage, _ operation: @autoclosure () -> String, _ enough: ((KernelMessage) -> Bool)? = nil
    ) throws(NetlinkError) -> NetlinkReply {
        state.number &+= 1
        let datagram = try message.datagram(number: state.number, for: operation())
        // The kernel refuses a request for a list while it is in the middle of another one.
        if state.hasRest { transport.discardWaiting() }
        var reply = NetlinkReply(to: state.number, isEnough: enough)
        try transport.send(datagram, operation())
        state.hasRest = true
        while reply.end == nil { reply.add(try transport.receive(operation())) }
        state.hasRest = reply.end == .enough
        if case .refused(let code, let sentence) = reply.end {
            throw NetlinkError(code, operation(), sentence: sentence)
        }
        return reply
    }
}
