internal import CNetlink
internal import Glibc
public import LinuxSystem
internal import SystemPackage

// Network namespaces know each other by numbers, and a socket in one of them reaches into the others by these.
extension NetlinkSocket {
    /// The number by which the socket's network namespace knows another one, or itself. Nil: it has given none yet.
    public func nsid(of namespace: borrowing Namespace) throws(NetlinkError) -> Int32? {
        let message = NetlinkMessage(Int(RTM_GETNSID), header: rtgenmsg())
        message.put(NETNSA_FD, UInt32(bitPattern: namespace.descriptor.file.rawValue))
        let answer = try query(message, "look up the number of network namespace \(namespace.identity)")
        return answer.first.map(Self.number).flatMap { $0 < 0 ? nil : $0 }
    }

    /// The same; it is given a number if it has none, of which nothing else takes notice.
    public func assignedNSID(of namespace: borrowing Namespace) throws(NetlinkError) -> Int32 {
        if let known = try nsid(of: namespace) { return known }
        let operation = "give network namespace \(namespace.identity) a number"
        let message = NetlinkMessage(Int(RTM_NEWNSID), header: rtgenmsg())
        message.put(NETNSA_FD, UInt32(bitPattern: namespace.descriptor.file.rawValue))
        message.put(NETNSA_NSID, UInt32.max)  // any
        do {
            try perform(message, operation)
        } catch {
            guard error.code == .fileExists else { throw error }
        }
        guard let given = try nsid(of: namespace) else { throw NetlinkError(.noSuchFileOrDirectory, operation) }
        return given
    }

    /// The number by which another network namespace knows one; both are known here by number. Nil: it has given none yet.
    public func nsid(_ number: Int32, in other: Int32) throws(NetlinkError) -> Int32? {
        let message = NetlinkMessage(Int(RTM_GETNSID), header: rtgenmsg())
        message.put(NETNSA_NSID, UInt32(bitPattern: number))
        message.put(NETNSA_TARGET_NSID, UInt32(bitPattern: other))
        let answer = try query(message, "look up the number of network namespace \(number) in \(other)")
        return answer.first.map(Self.number).flatMap { $0 < 0 ? nil : $0 }
    }

    /// The numbers of all network namespaces that the socket's own knows: at least of those to which an interface was moved
    /// from it.
    public func nsids() throws(NetlinkError) -> [Int32] {
        let message = NetlinkMessage(Int(RTM_GETNSID), flags: NLM_F_DUMP, header: rtgenmsg())
        return try query(message, "list the network namespaces").map(Self.number).filter { $0 >= 0 }
    }

    private static func number(_ message: KernelMessage) -> Int32 {
        message.attributes(after: rtgenmsg.self)[NETNSA_NSID].map { Int32(bitPattern: $0.number) } ?? -1
    }

    /// All interfaces of the network namespace with a number: Linux 4.20. What they say of others again is in numbers of the
    /// socket's own. None when it has ended: for a while the kernel still lists its number, and leads nobody there.
    public func links(inNamespace number: Int32) throws(NetlinkError) -> [Link] {
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: ifinfomsg())
        message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: number))
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_SKIP_STATS))
        do {
            return try query(message, "list the interfaces of network namespace \(number)").map(Link.init)
        } catch {
            guard error.code == .invalidArgument else { throw error }
            return []
        }
    }

    /// Deletes a virtual interface in the network namespace with a number: Linux 4.16. Nil: in the socket's own.
    public func delete(_ index: Int32, inNamespace number: Int32? = nil) throws(NetlinkError) {
        precondition(index > 0, "an interface has a number")
        var header = ifinfomsg()
        header.ifi_index = index
        let message = NetlinkMessage(RTM_DELLINK, header: header)
        if let number { message.put(IFLA_TARGET_NETNSID, UInt32(bitPattern: number)) }
        try perform(message, "delete interface \(index)")
    }
}
