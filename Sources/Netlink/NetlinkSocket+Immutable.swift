internal import CNetlink
public import LinuxSystem
internal import SystemPackage

extension NetlinkSocket {
    /// Whether the kernel keeps an interface in its network namespace: lo, bridges, bonds, Wi-Fi and others. A move to another
    /// one is refused then.
    ///
    /// Linux 6.15 says so of each interface (IFLA_NETNS_IMMUTABLE). Of those before, some say it in a feature of ethtool's,
    /// and 6.12 to 6.14 nowhere: they are asked.
    public func isNetnsImmutable(_ link: Link, for other: borrowing Namespace) throws(NetlinkError) -> Bool {
        if let said = link.message.attributes(after: ifinfomsg.self)[Self.immutable] { return said.byte != 0 }
        return try refusesMove(of: link.index, to: other)
    }

    /// Asks the kernel for a move to another network namespace under the number 1, which lo has in each: whatever it refuses
    /// of any move (EINVAL, "The interface netns is immutable") it refuses first, then this number or a name (EBUSY, EEXIST),
    /// and only then begins (`__dev_change_net_namespace` in net/core/dev.c, Linux 5.12). Nothing changes, and nobody is told.
    ///
    /// Since 6.13 a move to where the interface is would not do: of that it refuses nothing.
    func refusesMove(of index: Int32, to other: borrowing Namespace) throws(NetlinkError) -> Bool {
        let message = change(index)
        message.put(IFLA_NET_NS_FD, UInt32(bitPattern: other.descriptor.file.rawValue))
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

    private static let immutable = 67
}
