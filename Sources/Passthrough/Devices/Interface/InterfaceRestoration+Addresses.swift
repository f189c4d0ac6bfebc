internal import Netlink
internal import SystemPackage

extension InterfaceRestoration {
    /// The addresses that are to be there, with what is left of their time. IPv4 in the kernel's order: the first of a
    /// network is the primary one. IPv6 in reverse: the kernel lists the newest first.
    private var addresses: [AddressRecord] {
        let left = snapshot.configuration.addresses.filter { !$0.isKernels }.compactMap { $0.aged(by: age) }
        return left.filter { !$0.isIPv6 } + left.filter(\.isIPv6).reversed()
    }

    /// Addresses of an interface that is down yet. The link-local ones have to be there before it goes up, else the
    /// kernel makes its own, and asks the network about them; other IPv6 ones would get no route.
    func restoreEarlyAddresses(on host: borrowing NetlinkSocket) {
        let staysDown = !snapshot.link.flags.contains(.up)
        for address in addresses where staysDown || !address.isIPv6 || address.isLinkLocal { put(address, on: host) }
    }

    /// Addresses of an interface that is up.
    func restoreAddresses(on host: borrowing NetlinkSocket) throws {
        let present = Set(try host.addresses(of: index).map(\.description))
        for address in addresses where !present.contains(address.description) { put(address, on: host) }
    }

    private func put(_ address: AddressRecord, on host: borrowing NetlinkSocket) {
        attempt {
            do throws(NetlinkError) {
                try host.restore(address, on: index, verified: address.isVerified)
            } catch {
                guard error.code == .fileExists else { throw error }
            }
        }
    }
}

extension AddressRecord {
    var isIPv6: Bool { local.count == 16 }
    /// Scope RT_SCOPE_LINK.
    var isLinkLocal: Bool { scope == 253 }
    /// Whether the network had accepted it: neither IFA_F_TENTATIVE nor IFA_F_DADFAILED.
    var isVerified: Bool { flags & (0x40 | 0x08) == 0 }
    /// Whether nobody but the kernel can make it, as it does when it goes up: the one that is the same whenever it is
    /// made from the interface's secret (IFA_F_STABLE_PRIVACY, RFC 7217), and those by which nobody is to be recognised
    /// (IFA_F_TEMPORARY, RFC 8981).
    var isKernels: Bool { isIPv6 && (flags & 0x01 != 0 || (isLinkLocal && flags & 0x800 != 0)) }
}
