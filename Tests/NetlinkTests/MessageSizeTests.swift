import CNetlink
import SystemPackage
import TestHost
import Testing

@testable import Netlink

/// Messages of any length are written, sent and received whole, or refused with an error: how long they get is up to the host
/// and the containers.
@Suite struct MessageSizeTests {
    /// Lengths at the borders: of a page, and of the 64 KiB that an attribute can have.
    private static let lengths = [0, 1, 3, 4, 5, 4_071, 4_072, 4_073, 4_096, 8_191, 65_530, 65_531]
    private static let tooLong = [65_532, 65_533, 65_536, 70_000, 1 << 20]

    private func content(_ message: NetlinkMessage) throws -> [UInt8] {
        let start = unsafe nlmsg_hdr(try message.prepared(for: "look"))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: message.count)
        return unsafe Array(bytes.dropFirst(MemoryLayout<nlmsghdr>.size + MemoryLayout<Header>.size))
    }

    @Test(arguments: lengths) func anAttributeIsWritten(length: Int) throws {
        let message = NetlinkMessage(16, header: Header())
        let value = [UInt8](repeating: 7, count: length)
        message.put(1, value)
        message.put(2, UInt32(0x0403_0201))
        message.put(3, UInt8(9))
        let attributes = Array(Attributes(try content(message)[...]))
        #expect(attributes.map(\.type) == [1, 2, 3])
        #expect(attributes.map { Array($0.value) } == [value, [1, 2, 3, 4], [9]])
    }

    @Test(arguments: tooLong) func aLongerOneIsRefused(length: Int) throws {
        let message = NetlinkMessage(16, header: Header())
        message.put(5, [UInt8](repeating: 7, count: length))
        message.put(2, UInt32(1))
        let error = #expect(throws: NetlinkError.self) { _ = unsafe try message.prepared(for: "set it") }
        #expect(error?.code == .messageTooLong)
        #expect(error?.description.contains("set it: attribute 5 is longer than the 64 KiB") == true)
    }

    /// What is in a nest moves the buffer on.
    @Test(arguments: [0, 1, 100, 496, 8_191]) func aNestIsWritten(count: Int) throws {
        let message = NetlinkMessage(16, header: Header())
        message.nest(1) { list in
            for _ in 0..<count { list.put(53, [1, 2, 3, 4]) }
        }
        message.put(2, UInt8(1))
        let attributes = Attributes(try content(message)[...])
        #expect(attributes[1].map { Array($0.nested).count } ?? 0 == count)
        #expect(attributes[2]?.byte == 1)
    }

    @Test(arguments: [8_192, 20_000]) func aLongerNestIsRefused(count: Int) throws {
        let message = NetlinkMessage(16, header: Header())
        message.nest(3) { outer in
            outer.nest(4) { list in
                for _ in 0..<count { list.put(53, [1, 2, 3, 4]) }
            }
        }
        let error = #expect(throws: NetlinkError.self) { _ = unsafe try message.prepared(for: "set it") }
        #expect(error?.code == .messageTooLong)
    }

    @Test(arguments: lengths) func aMessageIsReplayed(length: Int) throws {
        let bytes = [UInt8](repeating: 7, count: 16 + (length & ~3))
        let message = NetlinkMessage(replaying: KernelMessage(type: 16, bytes: bytes), flags: 0)
        #expect(try content(message) == Array(bytes.dropFirst(16)))
    }

    /// An interface with the most alternative names that the kernel takes: its message is longer than 64 KiB.
    @Test func aLinkWithAllTheNamesItCanHave() throws {
        try onThrowawayHost {
            try sh(
                """
                ip link add eth0 type veth peer name peer
                i=0; while [ $i -lt 496 ]; do printf 'link property add dev eth0 altname %0127d\\n' $i; i=$((i+1)); done |
                    ip -batch -
                """)
            let socket = try NetlinkSocket()
            let link = try #require(try socket.link(named: "eth0"))
            #expect(link.message.bytes.count > 65_536)
            #expect(link.alternativeNames.count == 496)
            #expect(try socket.links().first { $0.index == link.index } == link)
            let missing = LinkName("missing")
            #expect(throws: NetlinkError.self) {
                try socket.removeAlternativeNames([missing] + link.alternativeNames, of: link.index)
            }
            #expect(try socket.link(link.index)?.alternativeNames == [])
        }
    }

    /// Routes of many hops. The longest is as long as an attribute can be; the kernel takes it, but a part of a list has only
    /// 32 KiB, and there the list ends.
    @Test(arguments: [1, 2, 400, 4_000, 8_190]) func aRouteOfManyHops(count: Int) throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer; ip link set eth0 up; ip addr add 10.0.0.1/8 dev eth0")
            let socket = try NetlinkSocket()
            let index = try #require(try socket.link(named: "eth0")).index
            // Of 8 bytes each: length, flags, weight and interface.
            let hops: [UInt8] = (0..<count).flatMap { hop -> [UInt8] in
                [8, 0, 0, UInt8(hop % 256)] + index.littleEndianBytes
            }
            // struct rtmsg: AF_INET, 32 bits of destination, in table main, static, of the link, unicast.
            var route = KernelMessage(type: 24, bytes: [2, 32, 0, 0, 254, 4, 253, 1, 0, 0, 0, 0])
            route.add(Attributes.Attribute(type: 1, value: [203, 0, 113, 9]))
            route.add(Attributes.Attribute(type: 9, value: hops[...]))
            try socket.restore(RouteRecord(route), from: index, to: index)
            guard count < 8_000 else {
                let error = #expect(throws: NetlinkError.self) { try socket.routes(through: index) }
                #expect(error?.code == .messageTooLong)
                return
            }
            let read = try #require(try socket.routes(through: index).first { $0.destination == [203, 0, 113, 9] })
            #expect(read.linkIndexes.count == count)
            try socket.remove(read)
            try socket.restore(read, from: index, to: index)
            #expect(try socket.routes(through: index).contains(read))
        }
    }

    private struct Header: BitwiseCopyable {
        var first: UInt64 = 0
        var second: UInt64 = 0
    }
}
