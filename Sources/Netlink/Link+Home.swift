internal import CNetlink

extension Link {
    /// The interface as the host is to have it when nothing is known of it but what it is: under a name, down, without
    /// whatever a container may have given it that outlives the move, such as alternative names, a description, a group,
    /// promiscuous mode or packet programs. It has the address that its hardware came with, where that is known.
    ///
    /// - Parameter lowerNamespace: the number by which the host's network namespace knows that of the interface below or
    ///   opposite. Nil: it is the host's own.
    public func unconfigured(named name: LinkName, lowerNamespace: Int32?) -> Link {
        var message = message
        let ifi_flags = 8
        message.set(flags.subtracting([.up, .carrier, .promiscuous, .allMulticast]).rawValue, at: ifi_flags)
        let unknown = [
            IFLA_IFNAME, IFLA_PROP_LIST, IFLA_IFALIAS, IFLA_GROUP, IFLA_MASTER, IFLA_AF_SPEC, IFLA_XDP,
            IFLA_LINK_NETNSID,
        ]
        for attribute in unknown { message.removeAttribute(attribute, after: ifinfomsg.self) }
        message.add(Attributes.Attribute(type: IFLA_IFNAME, value: name.bytes + [0]))
        if let lowerNamespace { message.addAttribute(IFLA_LINK_NETNSID, UInt32(bitPattern: lowerNamespace)) }
        if let permanentAddress {
            message.removeAttribute(IFLA_ADDRESS, after: ifinfomsg.self)
            message.add(Attributes.Attribute(type: IFLA_ADDRESS, value: permanentAddress[...]))
        }
        return Link(message)
    }
}
