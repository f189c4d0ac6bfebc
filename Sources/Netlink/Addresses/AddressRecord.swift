internal import CNetlink
internal import Glibc
internal import SystemPackage

/// An address of an interface: RTM_NEWADDR, `struct ifaddrmsg`, rtnetlink(7).
public struct AddressRecord: Hashable, Sendable, CustomStringConvertible {
    /// The kernel's message.
    public var message: KernelMessage

    /// Takes an RTM_NEWADDR.
    public init(_ message: KernelMessage) {
        self.message = message
    }

    private var attributes: Attributes { message.attributes(after: ifaddrmsg.self) }

    /// The address family: AF_INET or AF_INET6.
    public var family: UInt8 { message.header(at: 0, as: UInt8.self) }
    /// How many bits of the address name the network.
    public var prefixLength: UInt8 { message.header(at: 1, as: UInt8.self) }
    /// The scope, RT_SCOPE_: 0 is global, 253 the link.
    public var scope: UInt8 { message.header(at: 3, as: UInt8.self) }
    /// The index of the interface that has the address.
    public var linkIndex: UInt32 { message.header(at: 4, as: UInt32.self) }
    /// The interface's own address. On a point-to-point link it differs from ``peer``.
    public var local: [UInt8] { Array((attributes[IFA_LOCAL] ?? attributes[IFA_ADDRESS])?.value ?? []) }
    /// The address of the other end of a point-to-point link; elsewhere the same as ``local``.
    public var peer: [UInt8] { Array(attributes[IFA_ADDRESS]?.value ?? []) }
    /// The `IFA_F_` flags.
    public var flags: UInt32 {
        attributes[IFA_FLAGS]?.number ?? UInt32(message.header(at: 2, as: UInt8.self))
    }
    /// Whether the address has no lifetime (IFA_F_PERMANENT).
    public var isPermanent: Bool { flags & UInt32(IFA_F_PERMANENT) != 0 }

    /// `10.0.0.1/24`.
    public var description: String { "\(addressText(local))/\(prefixLength)" }

    /// Returns the same address for another interface.
    func moved(to index: Int32) -> AddressRecord {
        var copy = self
        copy.message.set(index, at: 4)
        return copy
    }

    /// The same address without its IPv4 label, which begins with the name of the interface that had it.
    public var withoutLabel: AddressRecord {
        var copy = self
        copy.message.removeAttribute(IFA_LABEL, after: ifaddrmsg.self)
        return copy
    }

    /// Returns the same address with other `IFA_F_` flags.
    func with(flags: UInt32) -> AddressRecord {
        var copy = self
        copy.message.set(UInt8(truncatingIfNeeded: flags), at: 2)
        copy.message.setAttribute(IFA_FLAGS, to: flags, after: ifaddrmsg.self)
        return copy
    }

    /// Returns the address with its lifetimes shortened by some seconds, as they would be after that time. Returns nil when its
    /// valid lifetime is over by then.
    public func aged(by seconds: UInt32) -> AddressRecord? {
        // struct ifa_cacheinfo: the preferred and the valid lifetime in seconds from the kernel's reply on. All ones: forever.
        guard let place = attributes[IFA_CACHEINFO]?.value.startIndex else { return self }
        let preferred = message.header(at: place, as: UInt32.self)
        let valid = message.header(at: place + 4, as: UInt32.self)
        guard valid == .max || valid > seconds else { return nil }
        var copy = self
        if preferred != .max { copy.message.set(preferred - min(preferred, seconds), at: place) }
        if valid != .max { copy.message.set(valid - seconds, at: place + 4) }
        return copy
    }
}

extension NetlinkSocket {
    /// Returns the addresses of an interface in the kernel's order, IPv4 first. Before Linux 4.20 the kernel lists those of all
    /// interfaces, of which the others are dropped.
    public func addresses(of index: Int32) throws(NetlinkError) -> [AddressRecord] {
        var all: [AddressRecord] = []
        for family in [UInt8(AF_INET), UInt8(AF_INET6)] {
            var header = ifaddrmsg()
            header.ifa_family = family
            header.ifa_index = UInt32(bitPattern: index)
            let message = NetlinkMessage(RTM_GETADDR, flags: NLM_F_DUMP, header: header)
            let listed = try query(message, "list the addresses of interface \(index)").map(AddressRecord.init)
            all += listed.filter { $0.family == family && $0.linkIndex == UInt32(bitPattern: index) }
        }
        return all
    }

    /// Gives an interface an address of 4 or 16 bytes. The error is EEXIST when the interface has it.
    public func addAddress(
        _ local: [UInt8], prefixLength: UInt8, peer: [UInt8]? = nil, to index: Int32
    ) throws(NetlinkError) {
        let operation = "add address \(addressText(local))/\(prefixLength)"
        guard let address = unsafe rtnl_addr_alloc() else { throw NetlinkError(.noMemory, operation) }
        defer { unsafe rtnl_addr_put(address) }
        unsafe rtnl_addr_set_ifindex(address, index)
        try unsafe withLibraryAddress(local, prefixLength) { unsafe rtnl_addr_set_local(address, $0) }
        if let peer { try unsafe withLibraryAddress(peer, prefixLength) { unsafe rtnl_addr_set_peer(address, $0) } }
        var message: OpaquePointer?
        let result = unsafe rtnl_addr_build_add_request(address, NLM_F_CREATE | NLM_F_EXCL, &message)
        guard result == 0, let message = unsafe message else { throw .library(result, operation) }
        try perform(unsafe NetlinkMessage(owning: message), operation)
    }

    /// Adds an address as the kernel described it. The error is EEXIST when the interface has it.
    ///
    /// With `verified`, the kernel does not probe again for another host with an IPv6 address that the network has accepted
    /// once (duplicate address detection, RFC 4862): the address can be used at once.
    public func restore(_ address: AddressRecord, on index: Int32, verified: Bool) throws(NetlinkError) {
        let address = address.moved(to: index)
        guard verified, address.family == UInt8(AF_INET6), address.flags & UInt32(IFA_F_NODAD) == 0 else {
            return try add(address, flags: NLM_F_CREATE | NLM_F_EXCL)
        }
        try add(address.with(flags: address.flags | UInt32(IFA_F_NODAD)), flags: NLM_F_CREATE | NLM_F_EXCL)
        // The flag that suppresses the probe would remain visible, so a second request clears it.
        try add(address, flags: NLM_F_REPLACE)
    }

    private func add(_ address: AddressRecord, flags: CInt) throws(NetlinkError) {
        try perform(NetlinkMessage(replaying: address.message, flags: flags), "add address \(address)")
    }

    /// Removes an address, as the kernel described it.
    public func remove(_ address: AddressRecord) throws(NetlinkError) {
        let message = KernelMessage(type: UInt16(RTM_DELADDR), bytes: address.message.bytes)
        try perform(NetlinkMessage(replaying: message, flags: 0), "remove address \(address)")
    }
}

/// Calls `body` with an address of 4 or 16 bytes as libnl's object, which `body` may reference but not keep.
func withLibraryAddress(
    _ bytes: [UInt8], _ prefixLength: UInt8, _ body: (OpaquePointer) -> CInt
) throws(NetlinkError) {
    let operation = "use address \(addressText(bytes))"
    guard let address = unsafe nl_addr_build(bytes.count == 4 ? AF_INET : AF_INET6, bytes, bytes.count) else {
        throw NetlinkError(.noMemory, operation)
    }
    defer { unsafe nl_addr_put(address) }
    unsafe nl_addr_set_prefixlen(address, CInt(prefixLength))
    let result = unsafe body(address)
    guard result == 0 else { throw .library(result, operation) }
}

/// Returns an IPv4 or IPv6 address as `inet_ntop(3)` writes it, and bytes of another number in hexadecimal.
public func addressText(_ bytes: [UInt8]) -> String {
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard bytes.count == 4 || bytes.count == 16,
        unsafe inet_ntop(family, bytes, &text, socklen_t(INET6_ADDRSTRLEN)) != nil
    else { return hexadecimal(bytes) }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

/// Returns two digits for each byte, with colons in between: `02:00:00:00:00:07`.
func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
}
