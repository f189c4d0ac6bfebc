import DeviceAccess
import HostdevModel
import LinuxSystem
import NodeDevices
import Testing

@testable import Netlink
@testable import Passthrough

/// Which devices are one, and who may have them; the host's from a recorded sysfs.
@Suite struct ConflictTests {
    private let tree: SysfsTree

    init() throws {
        tree = try SysfsTree()
        try tree.add("2:0:0:3", wwid: "naa.5000c500a1b2c3d4", nodes: ["scsi_generic/sg3 21:3", "block/sdb 8:16"])
        try tree.add("2:0:0:4", wwid: "naa.5000c500a1b2c3d5", nodes: ["scsi_generic/sg4 21:4"])
    }

    private func nodes(
        _ name: String, _ nodes: SCSINodeSelection = .all, isShareable: Bool = false
    ) throws -> FoundNodes {
        let device = SCSIDevice(source: .name(try NodeName(name)), nodes: nodes, isShareable: isShareable)
        return FoundNodes(
            options: try #require(NodeOptions(.scsi(device))),
            source: try DeviceNodeSource(device, tree.units.unit(device.source)))
    }

    @Test func aUnitByTwoNamesIsOneDevice() throws {
        let (sg3, sdb, sg4) = (try nodes("sg3"), try nodes("sdb"), try nodes("sg4"))
        #expect(sg3.conflicts(with: sdb) && sdb.conflicts(with: sg3))
        #expect(sg3.conflictKeys == sdb.conflictKeys && sg3.lockNames == sdb.lockNames)
        #expect(!sg3.conflicts(with: sg4) && sg3.conflictKeys != sg4.conflictKeys)
    }

    @Test func anInterfaceByItsNumber() throws {
        let found = try [5, 6, 5].map { index in
            FoundInterface(
                device: NetDevice(source: .name(try InterfaceName("eth0"))), link: Link(Sample.link(index, "eth0")),
                home: Sample.home)
        }
        #expect(found[0].conflicts(with: found[2]) && !found[0].conflicts(with: found[1]))
        #expect(try !found[0].conflicts(with: nodes("sg3")))
    }

    /// The kernel gives a number anew: what another device left under it is superseded, and nothing else.
    @Test func theNumbersOfADeviceThatHasLeft() throws {
        let (sg3, sg4) = (try nodes("sg3"), try nodes("sg4"))
        var left = try NodesChange(sg4.source, [EntryPlan("/dev/sg4", .node(DeviceNumber(.character, 21, 3)))], [])
        #expect(sg3.supersedes(left) && !sg4.supersedes(left))
        left.presence = .away
        #expect(!sg3.supersedes(left))
    }

    private func record(of nodes: FoundNodes, isShareable: Bool, in container: String) throws -> Record {
        let device = SCSIDevice(source: .name(try NodeName(nodes.name)), isShareable: isShareable)
        return Sample.record(Hostdev(.scsi(device)), try NodesChange(nodes.source, [], []), in: container)
    }

    @Test(arguments: [(true, true), (true, false), (false, true), (false, false)])
    func oneContainerHasADeviceUnlessAllShareIt(has: Bool, wants: Bool) throws {
        var other = Sample.record(try Sample.net("eth0"), Sample.interface(5, "eth0")).container
        other.network = FileIdentity(device: 4, inode: 10)
        let holder = try record(of: nodes("sg3"), isShareable: has, in: "lxc:web")
        let wanted = try nodes("sdb", isShareable: wants)
        var backend = Backend(state: StateDirectory("/nonexistent"))
        backend.force = true
        if has && wants {
            try wanted.refuseTaken(among: [holder], by: other, backend)
        } else {
            let error = #expect(throws: PassthroughError.self) {
                try wanted.refuseTaken(among: [holder], by: other, backend)
            }
            #expect(error?.code == .inUse && error?.device == "sg3" && error?.container == "lxc:web")
            #expect(error?.hint == Hint(.detachFirstOrShare))
        }
        let error = #expect(throws: PassthroughError.self) {
            try wanted.refuseTaken(among: [holder], by: holder.container, backend)
        }
        #expect(error?.code == .alreadyAttached && error?.hint == nil)
    }

    @Test func nodesThatAUnitDoesNotHave() throws {
        let error = #expect(throws: PassthroughError.self) { try nodes("sg4", .init(.disc)) }
        #expect(error?.code == .noSuchDevice && error?.device == "sg4")
    }
}
