import ByteStrings
import Containers
import DeviceAccess
import HostdevModel
import LinuxSystem
import NodeDevices
import Testing

@testable import Passthrough

/// Which attachments a selector means, by the records alone: the container has ended.
@Suite struct SelectorTests {
    private static let container = "netns:blue-of-a-test"

    private func select(
        _ selectors: [DeviceSelector], from records: [Record], ifAttached: Bool = false
    ) throws -> [String] {
        var names: [String] = []
        try withStateDirectory { state in
            let backend = Backend(state: state)
            for record in records { try backend.journal.write(record) }
            let lookup = try ContainerLookup(ContainerReference(Self.container))
            names = try backend.select(selectors, from: lookup, ifAttached: ifAttached).map(\.hostName)
        }
        return names
    }

    private static func records() throws -> [Record] {
        [
            try Sample.record(5, "eth0", as: "lan0", alias: "ua-up"), try Sample.record(6, "eth1", as: "eth0"),
            Sample.record(
                Hostdev(.misc(try Sample.file("/dev/zero"))),
                NodesChange(
                    name: "zero", identity: DeviceIdentity("zero"), lock: "node-zero",
                    entries: [.init(plan: EntryPlan("/dev/x", .node(DeviceNumber(.character, 1, 5))))], rules: []),
                since: 7),
        ]
    }

    @Test(
        arguments: [
            ([.net("eth1")], ["eth1"]),
            ([.net("lan0")], ["eth0"]),
            // The name on the host comes before that in the container.
            ([.net("eth0")], ["eth0"]),
            ([.alias("ua-up")], ["eth0"]),
            ([.node("/dev/zero")], ["zero"]),
            ([.node("/dev/x")], ["zero"]),
            ([.scsi("zero")], ["zero"]),
            ([.all], ["eth0", "eth1", "zero"]),
            // One that two selectors mean is selected once, in the order of the records.
            ([.node("zero"), .net("lan0"), .alias("ua-up")], ["eth0", "zero"]),
        ] as [([DeviceSelector], [String])])
    func selects(selectors: [DeviceSelector], names: [String]) throws {
        #expect(try select(selectors, from: Self.records()) == names)
    }

    @Test func anIDAndADocument() throws {
        let records = try Self.records()
        #expect(try select([.id(records[1].id)], from: records) == ["eth1"])
        #expect(try select([.hostdev(records[2].hostdev)], from: records) == ["zero"])
        let byAddress = try Sample.net(.mac(MACAddress("02:00:00:00:00:06")))
        #expect(try select([.hostdev(byAddress)], from: records) == ["eth1"])
    }

    @Test(arguments: [.net("eth9"), .net("zero"), .scsi("eth0"), .id("0"), .alias("UA-UP")] as [DeviceSelector])
    func whatIsNotThereIsAnError(selector: DeviceSelector) throws {
        let records = try Self.records()
        let error = #expect(throws: PassthroughError.self) { try select([selector], from: records) }
        #expect(error?.code == .notAttached)
        #expect(error?.hint == Hint(.listAttachments, Self.container))
        #expect(try select([selector], from: records, ifAttached: true) == [])
    }

    /// Two that fit equally are refused, and both are in the error.
    @Test func several() throws {
        let records = [try Sample.record(5, "eth0", as: "lan0"), try Sample.record(6, "eth1", as: "lan0")]
        let error = #expect(throws: PassthroughError.self) { try select([.net("lan0")], from: records) }
        #expect(error?.code == .usage)
        #expect(error?.hint == Hint(.selectAttachment))
        #expect(error?.candidates.map(\.id) == records.map(\.id))
    }
}
