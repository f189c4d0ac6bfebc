import CNetlink
import SystemPackage
import Testing

@testable import Netlink

/// How replies are put together, and what becomes of errors, over a fake of the kernel.
@Suite struct FakeKernelReplyTests {
    @Test func aRequestIsAcknowledged() throws {
        let fake = FakeKernel([[.answer()]])
        try NetlinkSocket(over: fake).setMaster(3, of: 7)
        let request = try #require(fake.requests.first)
        #expect(request.message.type == RTM_NEWLINK)
        #expect(request.flags == NLM_F_REQUEST | NLM_F_ACK)
        #expect(request.message.header(at: 4, as: Int32.self) == 7)
        #expect(request.message.attributes(after: ifinfomsg.self)[IFLA_MASTER]?.number == 3)
    }

    @Test(
        arguments: [
            (Errno.invalidArgument, "The interface netns is immutable"), (.notPermitted, nil), (.resourceBusy, ""),
        ] as [(Errno, String?)])
    func aRefusal(code: Errno, sentence: String?) throws {
        let fake = FakeKernel(refusing: code, sentence)
        let error = #expect(throws: NetlinkError.self) { try NetlinkSocket(over: fake).setMaster(3, of: 7) }
        #expect(
            error == NetlinkError(code, "make interface 7 a port of interface 3", sentence: sentence))
        #expect(error?.description.hasPrefix("make interface 7 a port of interface 3: \(sentence ?? "")") == true)
    }

    /// The end of a list may say that the kernel could not go on.
    @Test func aListThatEndsWithAnError() {
        let fake = FakeKernel([[.message(linkMessage(1, "lo"))], [.done(.messageTooLong)]])
        let error = #expect(throws: NetlinkError.self) { try NetlinkSocket(over: fake).links() }
        #expect(error?.code == .messageTooLong)
    }

    @Test func aListInSeveralDatagrams() throws {
        let fake = FakeKernel([
            [.message(linkMessage(1, "lo")), .message(linkMessage(2, "eth0"))], [],
            [.message(linkMessage(3, "eth1")), .done()],
        ])
        #expect(try NetlinkSocket(over: fake).links().map(\.name) == ["lo", "eth0", "eth1"])
        #expect(fake.requests.map(\.flags) == [NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP])
    }

    /// A datagram of a megabyte: more than 64 KiB in one message, with as many attributes.
    @Test func aLongMessage() throws {
        let names = (0..<8_000).map { "alternative-\(String(repeating: "x", count: 100))-\($0)" }
        let list = names.map { attribute(IFLA_ALT_IFNAME, Array($0.utf8) + [0]) }
        // A list of names in several attributes, since one has 64 KiB at most.
        let lists = stride(from: 0, to: names.count, by: 400).map { start in
            attribute(IFLA_PROP_LIST, list[start..<start + 400].flatMap { $0 })
        }
        let message = linkMessage(2, "eth0", lists.flatMap { $0 })
        #expect(message.bytes.count > 900_000)
        let fake = FakeKernel([[.message(message), .message(linkMessage(3, "eth1"))], [.done()]])
        let links = try NetlinkSocket(over: fake).links()
        #expect(links.map(\.index) == [2, 3])
        #expect(links[0].alternativeNames.count == 400)
        #expect(links[0].message == message)
    }

    @Test func aReplyToAnotherRequestIsSkipped() throws {
        let fake = FakeKernel([
            [.stale(linkMessage(9, "old"))], [.message(linkMessage(2, "eth0")), .stale(linkMessage(9, "old"))],
            [.answer()],
        ])
        #expect(try NetlinkSocket(over: fake).link(2)?.name == "eth0")
    }

    /// A list during which something changed is asked for again.
    @Test func anInterruptedList() throws {
        let fake = FakeKernel(
            [[.message(linkMessage(1, "lo"), flags: NLM_F_DUMP_INTR)], [.done()]],
            [[.message(linkMessage(1, "lo")), .message(linkMessage(2, "eth0"))], [.done()]])
        #expect(try NetlinkSocket(over: fake).links().map(\.name) == ["lo", "eth0"])
        #expect(fake.requests.count == 2)
    }

    /// What is left of a reply that was not wanted to its end does not stand in the way of the next request.
    @Test func aReplyThatEndsEarly() throws {
        let fake = FakeKernel(
            [
                [.message(linkMessage(1, "lo")), .message(linkMessage(2, "eth0"))], [.message(linkMessage(3, "x"))],
                [.done()],
            ],
            [[.message(linkMessage(2, "eth0")), .answer()]])
        let socket = try NetlinkSocket(over: fake)
        let reply = try socket.query(NetlinkSocket.listRequest(), "list") { Link($0).name == "lo" }
        #expect(reply.map { Link($0).name } == ["lo"])
        #expect(try socket.link(2)?.name == "eth0")
    }

    /// Lengths that do not fit end a datagram; nothing traps.
    @Test(arguments: [
        [], [1], [UInt8](repeating: 0, count: 16), [15, 0, 0, 0] + [UInt8](repeating: 0, count: 12),
        [200, 0, 0, 0] + [UInt8](repeating: 0, count: 12), [UInt8](repeating: 255, count: 40),
    ])
    func aDamagedDatagram(bytes: [UInt8]) throws {
        let fake = FakeKernel([[.raw(bytes)], [.message(linkMessage(2, "eth0"))], [.answer()]])
        #expect(try NetlinkSocket(over: fake).link(2)?.name == "eth0")
    }

    @Test(arguments: [FakeKernel([]), FakeKernel()]) func aFailureOfLibnl(fake: FakeKernel) {
        let error = #expect(throws: NetlinkError.self) { try NetlinkSocket(over: fake).links() }
        #expect(error?.code == .ioError)
        #expect(error?.operation == "list the interfaces")
    }

    /// A request that netlink cannot carry is not sent.
    @Test func aRequestThatIsTooLong() {
        let fake = FakeKernel()
        var changes = LinkChanges()
        changes.alias = [UInt8](repeating: 7, count: 70_000)
        let error = #expect(throws: NetlinkError.self) { try NetlinkSocket(over: fake).set(changes, of: 2) }
        #expect(error?.code == .messageTooLong)
        #expect(fake.requests.isEmpty)
    }

    @Test func familiesOfGenericNetlink() throws {
        func family(_ name: String, _ number: UInt16) -> KernelMessage {
            KernelMessage(
                type: UInt16(GENL_ID_CTRL),
                bytes: [UInt8(CTRL_CMD_NEWFAMILY), 2, 0, 0] + attribute(CTRL_ATTR_FAMILY_ID, number.littleEndianBytes)
                    + attribute(CTRL_ATTR_FAMILY_NAME, Array(name.utf8) + [0]))
        }
        let known = FakeKernel([[.message(family("ethtool", 21))], [.answer()]])
        #expect(try NetlinkSocket(over: known).genericFamily("ethtool") == 21)
        #expect(try NetlinkSocket(over: FakeKernel(refusing: .noSuchFileOrDirectory)).genericFamily("x") == nil)
        let all = FakeKernel(listing: family("nlctrl", 16), family("nl80211", 35))
        #expect(try NetlinkSocket(over: all).registeredGenericFamily("nl80211") == 35)
        #expect(all.requests.map(\.flags) == [NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP])
        let none = FakeKernel(listing: family("nlctrl", 16))
        #expect(try NetlinkSocket(over: none).registeredGenericFamily("nl80211") == nil)
    }
}
