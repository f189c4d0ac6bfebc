import DeviceAccess
import HostdevModel
import LinuxSystem
import NodeDevices
import TestHost
import Testing

@testable import Passthrough

/// What `apply` has to do, from what is attached and what a document says.
@Suite struct DeviceDifferenceTests {
    private func difference(
        _ present: [Record], _ wanted: [Hostdev]
    ) throws -> (superfluous: [String], unchanged: [String], missing: [String]) {
        let difference = try DeviceDifference(from: present, to: wanted)
        return (
            difference.superfluous.map(\.hostName), difference.unchanged.map(\.hostName),
            difference.missing.map(\.description)
        )
    }

    @Test func theSameIsLeftAlone() throws {
        let present = [try Sample.record(5, "eth0", as: "lan0"), try Sample.record(6, "eth1")]
        let found = try difference(present, [Sample.net("eth1"), Sample.net("eth0", as: "lan0")])
        #expect(found == ([], ["eth1", "eth0"], []))
    }

    /// By the card's address in the document, by its name in the record.
    @Test func theSameByAnotherNameIsLeftAlone() throws {
        let wanted = try Sample.net(.mac(MACAddress("02:00:00:00:00:05")))
        #expect(try difference([Sample.record(5, "eth0")], [wanted]) == ([], ["eth0"], []))
    }

    @Test func otherSettingsAreASuperfluousAndAMissingOne() throws {
        let wanted = try Sample.net("eth0", as: "lan1")
        let found = try difference([Sample.record(5, "eth0", as: "lan0")], [wanted])
        #expect(found == (["eth0"], [], [wanted.description]))
    }

    @Test func theDocumentsOrderIsKept() throws {
        let wanted = [try Sample.net("eth9"), try Sample.net("eth0"), try Sample.net("eth8")]
        let found = try difference([Sample.record(5, "eth0"), Sample.record(6, "eth1")], wanted)
        #expect(found == (["eth1"], ["eth0"], [wanted[0].description, wanted[2].description]))
    }

    /// Each device of the document counts once, however many records fit.
    @Test func oneOfTwoIsSuperfluous() throws {
        let twice = [try Sample.record(5, "eth0"), try Sample.record(5, "eth0")]
        #expect(try difference(twice, [Sample.net("eth0")]) == (["eth0"], ["eth0"], []))
        #expect(try difference(twice, []) == (["eth0", "eth0"], [], []))
    }

    /// What waits for nothing that has to go first.
    @Test func independent() throws {
        let present = [try Sample.record(5, "eth0", as: "lan0")]
        let difference = try DeviceDifference(
            from: present, to: [Sample.net("eth0", as: "lan1"), Sample.net("eth1")])
        #expect(try difference.independent.map(\.description) == [Sample.net("eth1").description])
    }

    /// A node that stays where it is, though the document names the host's node by another path.
    @Test func aNodeByAnotherPath() throws {
        let zero = NodesChange(
            name: "zero", identity: DeviceIdentity("/sys/devices/virtual/mem/zero"), lock: "node-zero",
            entries: [.init(plan: EntryPlan("/dev/zero", .node(DeviceNumber(.character, 1, 5))))], rules: [])
        let present = Sample.record(Hostdev(.misc(try Sample.file("/dev/zero"))), zero)
        try withStateDirectory { state in
            try sh("ln -s /dev/zero '\(state.path)/zero'")
            var wanted = try Sample.file("\(state.path)/zero")
            #expect(try difference([present], [Hostdev(.misc(wanted))]).missing.count == 1)
            wanted.target = try DevicePath("/dev/zero")
            #expect(try difference([present], [Hostdev(.misc(wanted))]) == ([], ["zero"], []))
            wanted.isReadOnly = true
            #expect(try difference([present], [Hostdev(.misc(wanted))]).superfluous == ["zero"])
        }
    }
}
