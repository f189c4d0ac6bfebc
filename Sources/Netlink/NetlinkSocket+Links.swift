internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

extension NetlinkSocket {
    /// The interface with a number, or nil where there is none; in the socket's network namespace, or in the one that it
    /// knows by a number. What it says of other namespaces is in numbers of the socket's own.
    public func link(_ index: Int32, inNamespace number: Int32? = nil) throws(NetlinkError) -> Link? {
        try link("look up interface \(index)", index) { message in
            if let number { message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: number)) }
        }
    }

    /// The interface with a name or an alternative name, or nil where there is none.
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
            return nil  // ENODEV, under the name that swift-system has for it
        }
    }

    /// All interfaces of the namespace, by number.
    public func links() throws(NetlinkError) -> [Link] {
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        return try query(message, "list the interfaces").map(Link.init)
    }

    /// Moves an interface into another network namespace, under a number there (Linux 5.12) and a name.
    ///
    /// EBUSY: the number is taken, and nothing has moved. Any other error may come **after** the move: when the name is
    /// taken there but the present one is free, the kernel moves first and renames second. Who gets an error looks where
    /// the interface is, under the number it asked for.
    public func move(
        _ index: Int32, to namespace: borrowing Namespace, as newIndex: Int32, named name: LinkName
    ) throws(NetlinkError) {
        let message = change(index)
        message.put(IFLA_NET_NS_FD, UInt32(bitPattern: namespace.descriptor.file.rawValue))
        message.put(IFLA_NEW_IFINDEX, UInt32(bitPattern: newIndex))
        message.put(IFLA_IFNAME, name)
        try perform(message, "move interface \(index) to network namespace \(namespace.identity)")
    }

    /// Sets properties of an interface in one request. The kernel applies them one after the other, in an order of its
    /// own, and stops at the first that fails.
    public func set(_ changes: LinkChanges, of index: Int32) throws(NetlinkError) {
        guard changes != LinkChanges() else { return }
        let message = change(index, set: changes.flagsOn, clear: changes.flagsOff)
        if let name = changes.name { message.put(IFLA_IFNAME, name) }
        if let address = changes.hardwareAddress { message.put(IFLA_ADDRESS, address) }
        if let mtu = changes.mtu { message.put(IFLA_MTU, mtu) }
        if let length = changes.transmitQueueLength { message.put(IFLA_TXQLEN, length) }
        if let group = changes.group { message.put(IFLA_GROUP, group) }
        if let alias = changes.alias { message.put(IFLA_IFALIAS, alias) }
        for (type, value) in changes.attributes.sorted(by: { $0.key < $1.key }) { message.put(type, value) }
        putFamilies(of: changes, in: message)
        try perform(message, "set \(changes) of interface \(index)")
    }

    private func putFamilies(of changes: LinkChanges, in message: NetlinkMessage) {
        let mode = changes.addressGenerationMode
        let token = changes.addressToken
        guard mode != nil || token != nil || !changes.ipv4Settings.isEmpty else { return }
        message.nest(IFLA_AF_SPEC) { families in
            if mode != nil || token != nil {
                families.nest(Int(AF_INET6)) { ipv6 in
                    if let mode { ipv6.put(IFLA_INET6_ADDR_GEN_MODE, mode) }
                    if let token { ipv6.put(IFLA_INET6_TOKEN, token) }
                }
            }
            guard !changes.ipv4Settings.isEmpty else { return }
            families.nest(Int(AF_INET)) { ipv4 in
                ipv4.nest(IFLA_INET_CONF) { settings in
                    for (number, value) in changes.ipv4Settings.sorted(by: { $0.key < $1.key }) {
                        settings.put(number, value)
                    }
                }
            }
        }
    }

    /// Gives an interface an alternative name. EEXIST: an interface of the namespace has it.
    public func addAlternativeName(_ name: LinkName, to index: Int32) throws(NetlinkError) {
        let message = alternativeName(name, RTM_NEWLINKPROP, index, flags: NLM_F_CREATE | NLM_F_EXCL)
        try perform(message, "add alternative name \(name)")
    }

    /// Takes alternative names of an interface away, each in a request of its own: the kernel stops at the first that it
    /// refuses, and more than some hundreds do not fit into one. When all have been tried, throws the first refusal.
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

    /// A request to change an interface. Number 0 would make the kernel look for the *name* in the request, and change
    /// whatever interface bears it.
    func change(_ index: Int32, set: LinkFlags = [], clear: LinkFlags = []) -> NetlinkMessage {
        precondition(index > 0, "an interface has a number")
        var header = ifinfomsg()
        header.ifi_index = index
        header.ifi_flags = set.rawValue
        header.ifi_change = set.union(clear).rawValue
        return NetlinkMessage(RTM_NEWLINK, header: header)
    }
}
