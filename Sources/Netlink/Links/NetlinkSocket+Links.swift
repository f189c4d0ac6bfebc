internal import CNetlink
internal import Glibc
internal import SystemPackage

extension NetlinkSocket {
    /// Returns the interface with an index, or nil when there is none: in the socket's network namespace, or in that with an
    /// nsid. Nsids in the reply are those of the socket's own namespace.
    public func link(_ index: Int32, inNamespace nsid: Int32? = nil) throws(NetlinkError) -> Link? {
        try link("look up interface \(index)", index) { message in
            if let nsid { message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: nsid)) }
        }
    }

    /// Returns the interface with a name or an alternative name, or nil when there is none.
    public func link(named name: LinkName) throws(NetlinkError) -> Link? {
        try link("look up interface \(name)", 0) { message in
            message.put(name.bytes.count < Int(IFNAMSIZ) ? IFLA_IFNAME : IFLA_ALT_IFNAME, name)
        }
    }

    private func link(
        _ operation: @autoclosure () -> String, _ index: Int32, _ select: (NetlinkMessage) -> Void
    ) throws(NetlinkError) -> Link? {
        var header = ifinfomsg()
        header.ifi_index = index
        let message = NetlinkMessage(RTM_GETLINK, header: header)
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        select(message)
        do {
            return try query(message, operation()).first.map(Link.init)
        } catch  where error.code == .operationNotSupportedByDevice {
            return nil  // ENODEV
        }
    }

    /// Returns all interfaces of the socket's network namespace, by index.
    public func links() throws(NetlinkError) -> [Link] {
        try query(Self.listRequest(), "list the interfaces").map(Link.init)
    }

    /// Returns all interfaces of the network namespace with an nsid: Linux 4.20. Nsids in the reply are those of the socket's
    /// own namespace. None when the namespace has ended: for a while the kernel still lists its nsid.
    public func links(inNamespace nsid: Int32) throws(NetlinkError) -> [Link] {
        let message = Self.listRequest()
        message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: nsid))
        do {
            return try query(message, "list the interfaces of network namespace \(nsid)").map(Link.init)
        } catch {
            guard error.code == .invalidArgument else { throw error }
            return []
        }
    }

    /// A request for a list of interfaces without their statistics.
    static func listRequest() -> NetlinkMessage {
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        return message
    }

    /// Deletes a virtual interface of the socket's network namespace, or of that with an nsid: Linux 4.16.
    public func delete(_ index: Int32, inNamespace nsid: Int32? = nil) throws(NetlinkError) {
        precondition(index > 0, "an interface index is positive")
        var header = ifinfomsg()
        header.ifi_index = index
        let message = NetlinkMessage(RTM_DELLINK, header: header)
        if let nsid { message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: nsid)) }
        try perform(message, "delete interface \(index)")
    }

    /// Gives an interface an alternative name. The error is EEXIST when an interface of the namespace has it.
    public func addAlternativeName(_ name: LinkName, to index: Int32) throws(NetlinkError) {
        let message = alternativeName(name, RTM_NEWLINKPROP, index, flags: NLM_F_CREATE | NLM_F_EXCL)
        try perform(message, "add alternative name \(name)")
    }

    /// Removes alternative names of an interface, each in a request of its own: the kernel stops at the first that it refuses,
    /// and no more than some hundreds fit into one request. Throws the first refusal after all names were tried.
    public func removeAlternativeNames(_ names: [LinkName], of index: Int32) throws(NetlinkError) {
        var refusal: NetlinkError?
        for name in names {
            do throws(NetlinkError) {
                try perform(alternativeName(name, RTM_DELLINKPROP, index), "remove alternative name \(name)")
            } catch {
                refusal = refusal ?? error
            }
        }
        if let refusal { throw refusal }
    }

    private func alternativeName(_ name: LinkName, _ type: Int, _ index: Int32, flags: CInt = 0) -> NetlinkMessage {
        var header = ifinfomsg()
        header.ifi_index = index
        let message = NetlinkMessage(type, flags: flags, header: header)
        message.nest(IFLA_PROP_LIST) { $0.put(IFLA_ALT_IFNAME, name) }
        return message
    }

    /// A request to change an interface. With index 0 the kernel would look for the *name* in the request, and change
    /// whichever interface has it.
    func change(_ index: Int32, set: LinkFlags = [], clear: LinkFlags = []) -> NetlinkMessage {
        precondition(index > 0, "an interface index is positive")
        var header = ifinfomsg()
        header.ifi_index = index
        header.ifi_flags = set.rawValue
        header.ifi_change = set.union(clear).rawValue
        return NetlinkMessage(RTM_NEWLINK, header: header)
    }
}
