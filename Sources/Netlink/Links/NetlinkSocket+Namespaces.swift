internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

// Moves between network namespaces.
extension NetlinkSocket {
    /// Moves an interface into another network namespace, under an index there (Linux 5.12) and a name.
    ///
    /// The error is EBUSY when the index is taken: nothing has moved then. Any other error may come **after** the move: when
    /// the name is taken there but the present one is free, the kernel moves first and renames second. After an error the
    /// caller has to look for the interface in both namespaces, under the index that it asked for.
    public func move(
        _ index: Int32, to namespace: borrowing Namespace, as newIndex: Int32, named name: LinkName
    ) throws(NetlinkError) {
        let message = change(index)
        message.put(IFLA_NET_NS_FD, namespace)
        message.put(IFLA_NEW_IFINDEX, newIndex)
        message.put(IFLA_IFNAME, name)
        try perform(message, "move interface \(index) to network namespace \(namespace.identity)")
    }

    /// Returns whether the kernel keeps an interface in its network namespace, so that a move is refused: lo, bridges, bonds,
    /// Wi-Fi and others.
    ///
    /// Linux 6.15 and later report it (IFLA_NETNS_IMMUTABLE). Earlier kernels report it as a feature of ethtool(8), but 6.12 to
    /// 6.14 nowhere, so they are asked for a move that cannot succeed.
    public func isNetnsImmutable(_ link: Link, for other: borrowing Namespace) throws(NetlinkError) -> Bool {
        if let reported = link.attributes[IFLA_NETNS_IMMUTABLE] { return reported.byte != 0 }
        return try refusesMove(of: link.index, to: other)
    }

    /// Asks the kernel for a move to another network namespace under index 1, which lo has in each. It first refuses what it
    /// refuses of any move (EINVAL, "The interface netns is immutable"), then this index or a name (EBUSY, EEXIST), and only
    /// then begins: `__dev_change_net_namespace` in net/core/dev.c, Linux 5.12. Nothing changes, and nobody is notified.
    ///
    /// A move to the namespace in which the interface is would tell nothing: since Linux 6.13 the kernel refuses none.
    func refusesMove(of index: Int32, to other: borrowing Namespace) throws(NetlinkError) -> Bool {
        let message = change(index)
        message.put(IFLA_NET_NS_FD, other)
        message.put(IFLA_NEW_IFINDEX, UInt32(1))
        let operation = "ask whether interface \(index) can be moved"
        do {
            try perform(message, operation)
        } catch {
            switch error.code {
            case .resourceBusy, .fileExists: return false
            case .invalidArgument: return true
            default: throw error
            }
        }
        throw NetlinkError(.resourceBusy, operation, sentence: "it has been moved")
    }
}

/// linux/if_link.h of Linux 6.15.
private let IFLA_NETNS_IMMUTABLE = 67

// Nsids, by which a network namespace knows others: ip-netns(8). A socket in one of them reaches into the others by these.
extension NetlinkSocket {
    /// Returns the nsid by which the socket's network namespace knows another one, or itself. Returns nil when it has none.
    public func nsid(of namespace: borrowing Namespace) throws(NetlinkError) -> Int32? {
        let message = NetlinkMessage(Int(RTM_GETNSID), header: rtgenmsg())
        message.put(NETNSA_FD, namespace)
        return try nsids(message, "look up the nsid of network namespace \(namespace.identity)").first
    }

    /// Returns the same, and assigns an nsid when there is none. That has no effect on anything else.
    public func assignedNSID(of namespace: borrowing Namespace) throws(NetlinkError) -> Int32 {
        if let nsid = try nsid(of: namespace) { return nsid }
        let operation = "assign an nsid to network namespace \(namespace.identity)"
        let message = NetlinkMessage(Int(RTM_NEWNSID), header: rtgenmsg())
        message.put(NETNSA_FD, namespace)
        message.put(NETNSA_NSID, Int32(-1))  // the kernel chooses
        do {
            try perform(message, operation)
        } catch {
            guard error.code == .fileExists else { throw error }
        }
        guard let nsid = try nsid(of: namespace) else { throw NetlinkError(.noSuchFileOrDirectory, operation) }
        return nsid
    }

    /// Returns the nsid that another network namespace has for one; both are given by the nsids of the socket's namespace.
    /// Returns nil when it has none.
    public func nsid(_ nsid: Int32, in other: Int32) throws(NetlinkError) -> Int32? {
        let message = NetlinkMessage(Int(RTM_GETNSID), header: rtgenmsg())
        message.put(NETNSA_NSID, nsid)
        message.put(NETNSA_TARGET_NSID, other)
        return try nsids(message, "look up the nsid of network namespace \(nsid) in \(other)").first
    }

    /// Returns the nsids of all network namespaces that the socket's own knows: at least of those to which an interface was
    /// moved from it.
    public func nsids() throws(NetlinkError) -> [Int32] {
        try nsids(
            NetlinkMessage(Int(RTM_GETNSID), flags: NLM_F_DUMP, header: rtgenmsg()), "list the network namespaces")
    }

    /// A negative nsid stands for none.
    private func nsids(_ message: NetlinkMessage, _ operation: @autoclosure () -> String) throws(NetlinkError)
        -> [Int32]
    {
        try query(message, operation()).compactMap {
            $0.attributes(after: rtgenmsg.self)[NETNSA_NSID].map { Int32(bitPattern: $0.number) }
        }.filter { $0 >= 0 }
    }
}

extension NetlinkMessage {
    func put(_ attribute: Int, _ namespace: borrowing Namespace) {
        put(attribute, namespace.descriptor.file.rawValue)
    }
}
