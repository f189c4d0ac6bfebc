import CNetlink
import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import Netlink

/// What is asked of the kernel and what is read from its answers, over a fake of the kernel.
@Suite struct FakeKernelReadingTests {
    // MARK: Links

    @Test func aLink() throws {
        let information =
            attribute(IFLA_INFO_KIND, Array("vlan\0".utf8))
            + attribute(
                IFLA_INFO_DATA, attribute(IFLA_VLAN_ID, [7, 0]) + attribute(IFLA_VLAN_PROTOCOL, [0x81, 0]))
        let message = linkMessage(
            5, "eth0.7",
            attribute(IFLA_MTU, [0xdc, 5, 0, 0]) + attribute(IFLA_MIN_MTU, [68, 0, 0, 0])
                + attribute(IFLA_MAX_MTU, [0, 0, 0, 0]) + attribute(IFLA_LINK, [2, 0, 0, 0])
                + attribute(IFLA_LINK_NETNSID, [3, 0, 0, 0]) + attribute(IFLA_MASTER, [9, 0, 0, 0])
                + attribute(IFLA_ADDRESS, [2, 0, 0, 0, 0, 7]) + attribute(IFLA_LINKINFO, information))
        let fake = FakeKernel([[.message(message)], [.answer()]])
        let link = try #require(try NetlinkSocket(over: fake).link(5))
        #expect(link.index == 5)
        #expect(link.name == "eth0.7")
        #expect(link.mtu == 1_500)
        #expect(link.mtuRange == 68...UInt32.max)
        #expect(link.hardwareAddress == [2, 0, 0, 0, 0, 7])
        #expect((link.lower, link.master, link.lowerNamespace) == (2, 9, 3))
        #expect(link.kind == "vlan")
        #expect(link.vlan == [7, 0, 0x81, 0])
        #expect(link.sits(on: 2, inNamespace: 3))
        #expect(!link.sits(on: 2))
        #expect(!link.isDeletedWhenLowerMoves)
        let request = try #require(fake.requests.first).message
        #expect(request.type == RTM_GETLINK)
        #expect(request.header(at: 4, as: Int32.self) == 5)
    }

    /// A name of 16 bytes or more can be an alternative one only.
    @Test(arguments: [("eth0", IFLA_IFNAME), ("fifteen-bytes-x", IFLA_IFNAME), ("sixteen-bytes-xx", IFLA_ALT_IFNAME)])
    func aLinkByName(name: String, type: Int) throws {
        let fake = FakeKernel(refusing: .operationNotSupportedByDevice)
        #expect(try NetlinkSocket(over: fake).link(named: LinkName(name)) == nil)
        let attributes = try #require(fake.requests.first).message.attributes(after: ifinfomsg.self)
        #expect(attributes[type]?.name == LinkName(name))
    }

    @Test func aLookUpThatIsRefused() {
        let fake = FakeKernel(refusing: .notPermitted)
        #expect(throws: NetlinkError(.notPermitted, "look up interface 5")) { try NetlinkSocket(over: fake).link(5) }
    }

    @Test func aMove() throws {
        let here = try Namespace.current(.network)
        let fake = FakeKernel([[.answer()]])
        try NetlinkSocket(over: fake).move(5, to: here, as: 4_242, named: "lan0")
        let attributes = try #require(fake.requests.first).message.attributes(after: ifinfomsg.self)
        #expect(attributes[IFLA_NET_NS_FD]?.number == UInt32(here.descriptor.file.rawValue))
        #expect(attributes[IFLA_NEW_IFINDEX]?.number == 4_242)
        #expect(attributes[IFLA_IFNAME]?.name == "lan0")
    }

    @Test(arguments: [(Errno.resourceBusy, false), (.fileExists, false), (.invalidArgument, true)])
    func whetherALinkCanMove(code: Errno, isImmutable: Bool) throws {
        let here = try Namespace.current(.network)
        let socket = try NetlinkSocket(over: FakeKernel(refusing: code))
        #expect(try socket.isNetnsImmutable(Link(linkMessage(5, "eth0")), for: here) == isImmutable)
    }

    /// What the kernel says itself is not asked for.
    @Test(arguments: [UInt8(0), 1]) func whetherALinkSaysThatItCanMove(value: UInt8) throws {
        let here = try Namespace.current(.network)
        let link = Link(linkMessage(5, "eth0", attribute(67, [value])))
        #expect(try NetlinkSocket(over: FakeKernel()).isNetnsImmutable(link, for: here) == (value == 1))
    }

    @Test func nsids() throws {
        func message(_ nsid: Int32) -> KernelMessage {
            KernelMessage(
                type: UInt16(RTM_NEWNSID),
                bytes: [0, 0, 0, 0] + attribute(NETNSA_NSID, nsid.littleEndianBytes))
        }
        let here = try Namespace.current(.network)
        #expect(try NetlinkSocket(over: FakeKernel([[.message(message(4)), .answer()]])).nsid(of: here) == 4)
        #expect(try NetlinkSocket(over: FakeKernel([[.message(message(-1)), .answer()]])).nsid(of: here) == nil)
        #expect(try NetlinkSocket(over: FakeKernel(listing: message(0), message(-1), message(7))).nsids() == [0, 7])
        // One is assigned where there is none, also when somebody else is quicker.
        for answer in [nil, Errno.fileExists] {
            let fake = FakeKernel(
                [[.message(message(-1)), .answer()]], [[.answer(answer)]], [[.message(message(2)), .answer()]])
            #expect(try NetlinkSocket(over: fake).assignedNSID(of: here) == 2)
            #expect(
                fake.requests.map(\.message.type) == [UInt16(RTM_GETNSID), UInt16(RTM_NEWNSID), UInt16(RTM_GETNSID)])
        }
        // A namespace that has ended.
        #expect(try NetlinkSocket(over: FakeKernel(refusing: .invalidArgument)).links(inNamespace: 3).isEmpty)
    }

    @Test func aPortOfABond() throws {
        let information =
            attribute(IFLA_INFO_SLAVE_KIND, Array("bond\0".utf8))
            + attribute(
                IFLA_INFO_SLAVE_DATA,
                attribute(IFLA_BOND_SLAVE_STATE, [0]) + attribute(IFLA_BOND_SLAVE_PERM_HWADDR, [2, 0, 0, 0, 0, 9])
                    + attribute(IFLA_BOND_SLAVE_QUEUE_ID, [3, 0]))
        let link = Link(
            linkMessage(
                5, "eth0",
                attribute(IFLA_ADDRESS, [2, 0, 0, 0, 0, 1]) + attribute(IFLA_LINKINFO, information)))
        #expect(link.port?.kind == "bond")
        #expect(link.port?.settings == [IFLA_BOND_SLAVE_QUEUE_ID: [3, 0]])
        #expect(link.ownAddress == [2, 0, 0, 0, 0, 9])
        #expect(Link(linkMessage(5, "eth0")).port == nil)
    }

    // MARK: Addresses, routes, neighbours

    private static func address(_ family: CInt, _ index: Int32, _ bytes: [UInt8]) -> KernelMessage {
        var message = KernelMessage(
            type: UInt16(RTM_NEWADDR), bytes: [UInt8(family), 24, 0x80, 0, 0, 0, 0, 0] + attribute(IFA_ADDRESS, bytes))
        message.set(index, at: 4)
        return message
    }

    /// An older kernel lists the addresses of all interfaces.
    @Test func addresses() throws {
        let (four, six) = ([192, 0, 2, 1] as [UInt8], [UInt8](repeating: 0, count: 15) + [1])
        let fake = FakeKernel(
            [
                [.message(Self.address(AF_INET, 1, [127, 0, 0, 1])), .message(Self.address(AF_INET, 2, four))],
                [.done()],
            ],
            [[.message(Self.address(AF_INET6, 2, six)), .done()]])
        let found = try NetlinkSocket(over: fake).addresses(of: 2)
        #expect(found.map(\.description) == ["192.0.2.1/24", "::1/24"])
        #expect(found.map(\.isPermanent) == [true, true])
        #expect(fake.requests.map { $0.message.header(at: 4, as: Int32.self) } == [2, 2])
    }

    /// An address that the network has accepted once is added without a probe, and the flag for that is cleared again.
    @Test(arguments: [(true, [IFA_F_NODAD, 0]), (false, [0])]) func anAddressOfIPv6(verified: Bool, flags: [CInt])
        throws
    {
        let message = Self.address(AF_INET6, 2, [UInt8](repeating: 1, count: 16))
        let fake = FakeKernel([[.answer()]], [[.answer()]])
        try NetlinkSocket(over: fake).restore(AddressRecord(message), on: 9, verified: verified)
        #expect(
            fake.requests.map { CInt($0.message.header(at: 2, as: UInt8.self)) & IFA_F_NODAD } == flags)
        #expect(fake.requests.allSatisfy { $0.message.header(at: 4, as: Int32.self) == 9 })
    }

    @Test func anAddressThatIsAdded() throws {
        let fake = FakeKernel([[.answer()]], [[.answer()]])
        let socket = try NetlinkSocket(over: fake)
        try socket.addAddress([127, 0, 0, 2], prefixLength: 8, to: 1)
        try socket.addAddress([192, 0, 2, 1], prefixLength: 32, peer: [192, 0, 2, 9], to: 2)
        let found = fake.requests.map { AddressRecord($0.message) }
        #expect(found.map(\.scope) == [UInt8(RT_SCOPE_HOST.rawValue), 0])
        #expect(found.map(\.peer) == [[127, 0, 0, 2], [192, 0, 2, 9]])
        #expect(found.map(\.linkIndex) == [1, 2])
    }

    private static func route(_ family: CInt, _ destination: [UInt8], _ attributes: [UInt8]) -> KernelMessage {
        let header: [UInt8] = [UInt8(family), 16, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]
        return KernelMessage(
            type: UInt16(RTM_NEWROUTE), bytes: header + attribute(Int(RTA_DST.rawValue), destination) + attributes)
    }

    @Test func routes() throws {
        let through = { (index: UInt8) in attribute(Int(RTA_OIF.rawValue), [index, 0, 0, 0]) }
        let hops = [2, 3].flatMap { [8, 0, 0, 0, $0, 0, 0, 0] as [UInt8] }
        let fake = FakeKernel(
            listing: Self.route(AF_INET, [10, 1, 0, 0], through(2)), Self.route(AF_INET, [10, 2, 0, 0], through(7)),
            Self.route(AF_INET, [10, 3, 0, 0], attribute(Int(RTA_MULTIPATH.rawValue), hops)),
            Self.route(AF_MPLS, [1, 2, 3, 4], through(2)))
        let found = try NetlinkSocket(over: fake).routes(through: 2)
        #expect(found.map(\.description) == ["10.1.0.0/16", "10.3.0.0/16"])
        #expect(found.map(\.isMultipath) == [false, true])
        #expect(found[1].linkIndexes == [2, 3])
        #expect(found[1].keepingHops { $0 == 3 }.linkIndexes == [3])
        #expect(found[1].moved(from: 2, to: 9).linkIndexes == [9, 3])
        #expect(found[1].identityWithoutHops == found[1].keepingHops { $0 == 3 }.identityWithoutHops)
    }

    @Test(arguments: [Errno.networkUnreachable, .noRouteToHost, .permissionDenied, .invalidArgument])
    func noRoute(code: Errno) throws {
        #expect(try NetlinkSocket(over: FakeKernel(refusing: code)).route(to: [192, 0, 2, 1]) == nil)
    }

    @Test func aRouteThatCannotBeLookedUp() throws {
        let socket = try NetlinkSocket(over: FakeKernel(refusing: .noMemory))
        #expect(throws: NetlinkError(.noMemory, "look up the route to 192.0.2.1")) {
            try socket.route(to: [192, 0, 2, 1])
        }
    }

    @Test func nextHops() throws {
        func hop(_ id: UInt8, _ attributes: [UInt8]) -> KernelMessage {
            KernelMessage(
                type: UInt16(RTM_NEWNEXTHOP),
                bytes: [UInt8(AF_INET), 0, 3, 0, 0, 0, 0, 0] + attribute(NHA_ID, [id, 0, 0, 0]) + attributes)
        }
        let members = { (ids: [UInt8]) in attribute(NHA_GROUP, ids.flatMap { [$0, 0, 0, 0, 0, 0, 0, 0] }) }
        let fake = FakeKernel(
            [[.message(hop(5, attribute(NHA_OIF, [2, 0, 0, 0]))), .done()]],
            [[.message(hop(6, members([5, 8]))), .message(hop(7, members([8]))), .done()]])
        let found = try NetlinkSocket(over: fake).nextHops(through: 2)
        #expect(found.map(\.description) == ["nexthop 5", "nexthop group 6"])
        #expect(found[0].moved(from: 2, to: 9).message.attributes(after: nhmsg.self)[NHA_OIF]?.number == 9)
        // A kernel without them.
        #expect(try NetlinkSocket(over: FakeKernel(refusing: .notSupportedOnSocket)).nextHops(through: 2).isEmpty)
    }

    @Test func neighbours() throws {
        func neighbour(_ family: CInt, _ state: CInt, _ attributes: [UInt8]) -> KernelMessage {
            KernelMessage(
                type: UInt16(RTM_NEWNEIGH),
                bytes: [UInt8(family), 0, 0, 0, 2, 0, 0, 0] + UInt16(state).littleEndianBytes + [0, 0] + attributes)
        }
        let address = attribute(NDA_DST, [192, 0, 2, 9])
        let fake = FakeKernel(
            [
                [
                    .message(neighbour(AF_INET, NUD_PERMANENT, address)),
                    .message(neighbour(AF_INET, NUD_REACHABLE, address)),
                ], [.done()],
            ],
            [[.done()]],
            [
                [
                    .message(neighbour(AF_BRIDGE, NUD_PERMANENT, attribute(NDA_LLADDR, [2, 0, 0, 0, 0, 5]))),
                    .message(neighbour(AF_BRIDGE, NUD_PERMANENT, attribute(NDA_LLADDR, [0x33, 0x33, 0, 0, 0, 1]))),
                ], [.done()],
            ])
        let found = try NetlinkSocket(over: fake).neighbours(behind: 2)
        #expect(found.map(\.description) == ["192.0.2.9", "02:00:00:00:00:05"])
        // A forwarding entry that is there is no error.
        try NetlinkSocket(over: FakeKernel(refusing: .fileExists)).restore(found[1], on: 2)
        #expect(throws: NetlinkError.self) {
            try NetlinkSocket(over: FakeKernel(refusing: .fileExists)).restore(found[0], on: 2)
        }
    }

    // MARK: Traffic control

    private static func discipline(_ kind: String, _ handle: UInt32) -> KernelMessage {
        var message = KernelMessage(type: UInt16(RTM_NEWQDISC), bytes: [UInt8](repeating: 0, count: 20))
        message.set(Int32(2), at: 4)
        message.set(handle, at: 8)
        message.set(UInt32.max, at: 12)
        message.bytes += attribute(TCA_KIND, Array("\(kind)\0".utf8)) + attribute(TCA_OPTIONS, [])
        return message
    }

    @Test func trafficControl() throws {
        // The kernel's default at the egress, nothing at the ingress.
        let nothing = FakeKernel(
            [[.message(Self.discipline("pfifo_fast", 0)), .answer()]], [[.answer(.noSuchFileOrDirectory)]])
        #expect(try NetlinkSocket(over: nothing).traffic(of: 2) == TrafficControl())
        // One that can be made again, with neither filters nor chains.
        let one = FakeKernel(
            [[.message(Self.discipline("sfq", 0x8001_0000)), .answer()]], [[.answer(.invalidArgument)]], [[.done()]])
        let traffic = try NetlinkSocket(over: one).traffic(of: 2)
        #expect(traffic.records.map(\.description) == ["qdisc sfq 8001:"])
        #expect(traffic.unrestorable.isEmpty)
        // One that nobody here knows.
        let unknown = FakeKernel(
            [[.message(Self.discipline("novel", 0x8001_0000)), .answer()]], [[.answer(.invalidArgument)]])
        #expect(
            try NetlinkSocket(over: unknown).traffic(of: 2).unrestorable
                == ["qdisc novel 8001:, which cannot be read in full"])
    }
}
