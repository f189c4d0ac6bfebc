import HostdevModel
import Testing

@testable import Netlink
@testable import Passthrough

/// What an attachment says of a device, from its record.
@Suite struct AttachmentTests {
    private static let addresses = [
        (InterfaceChange.Message.Subject.address, Sample.address([192, 0, 2, 7], 24)),
        // Of the link only: a container does not inherit it.
        (.address, Sample.address([169, 254, 0, 1], 16, scope: 253)),
    ]

    private func interface(_ device: NetDevice) throws -> Passthrough.Attachment.Interface {
        let record = Sample.record(Hostdev(.net(device)), Sample.interface(5, "eth0", as: "lan0", Self.addresses))
        guard case .interface(let interface) = Passthrough.Attachment(record, isCommitted: true).device else {
            throw PassthroughError(.internal, "no interface")
        }
        return interface
    }

    @Test func anInterfaceAsItIsOnTheHost() throws {
        let found = try interface(NetDevice(source: .name(try InterfaceName("eth0"))))
        #expect((found.hostName, found.containerName, found.containerIndex) == ("eth0", "lan0", 5))
        #expect(found.hardwareAddress == "02:00:00:00:00:05")
        #expect(found.containerHardwareAddress == "02:00:00:00:00:05" && found.mtu == 1_500)
        #expect(found.addresses == [])
    }

    @Test func anInterfaceWithOtherSettings() throws {
        var device = NetDevice(source: .name(try InterfaceName("eth0")), mac: try MACAddress("02:00:00:00:00:99"))
        device.mtu = try MTU(UInt32(1_400))
        device.inheritsAddresses = true
        device.addresses = [try InterfaceAddress(IPPrefix("2001:db8::1/64"))]
        let found = try interface(device)
        #expect(found.hardwareAddress == "02:00:00:00:00:05")
        #expect(found.containerHardwareAddress == "02:00:00:00:00:99" && found.mtu == 1_400)
        #expect(found.addresses.map(\.description) == ["192.0.2.7/24", "2001:db8::1/64"])
    }

    @Test func states() throws {
        var record = try Sample.record(5, "eth0")
        #expect(Passthrough.Attachment(record, isCommitted: false).state == .attaching)
        #expect(Passthrough.Attachment(record, isCommitted: true).state == .attached)
        var change = Sample.interface(5, "eth0")
        change.isAway = true
        record.change = change
        #expect(Passthrough.Attachment(record, isCommitted: true).state == .away)
        record.isDetaching = true
        #expect(Passthrough.Attachment(record, isCommitted: true).state == .detaching)
    }
}
