import HostdevModel
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// Look-up of units in a folder that looks like a host with a disk, an optical drive, a library, and two disks of one
/// WWID.
struct SCSIUnitTests {
    let tree: SysfsTree

    init() throws {
        tree = try SysfsTree()
        try tree.add(
            "2:0:0:3", wwid: "naa.5000c500a1b2c3d4",
            nodes: ["scsi_generic/sg3 21:3", "bsg/2:0:0:3 249:3 bsg/2:0:0:3", "block/sdb 8:16"])
        try tree.add("3:0:0:0", type: 5, nodes: ["scsi_generic/sg4 21:4", "block/sr0 11:0"])
        let tape = ["st0 9:0", "st0l 9:32", "st0m 9:64", "st0a 9:96", "nst0 9:128", "nst0l 9:160", "nst0m 9:192"]
        try tree.add(
            "4:0:0:0", type: 1, wwid: "t10.HP      Ultrium 5-SCSI  HU123",
            nodes: tape.map { "scsi_tape/\($0)" } + ["scsi_tape/nst0a 9:224", "scsi_generic/sg5 21:5"])
        try tree.add(
            "4:0:0:1", type: 8, wwid: "t10.HP      Ultrium 5-SCSI  HU123",
            nodes: ["scsi_generic/sg6 21:6", "scsi_changer/sch0 86:0"])
        try tree.add("5:0:0:0", wwid: "naa.6001405", nodes: ["scsi_generic/sg7 21:7"])
        try tree.add("5:0:0:1", wwid: "naa.6001405", nodes: [])
        try tree.addOther("block/vda", "254:0")
        try tree.addOther("mem/null", "1:3")
    }

    @Test(arguments: [
        ("sg3", "2:0:0:3"),  // a generic node
        ("sdb", "2:0:0:3"),  // a disk
        ("2:0:0:3", "2:0:0:3"),  // a bsg node, which has the address as its name
        ("sr0", "3:0:0:0"),  // an optical drive
        ("nst0a", "4:0:0:0"),  // any of a tape's nodes
        ("sch0", "4:0:0:1"),  // a changer
    ])
    func isFoundByAnyNodesName(name: String, address: String) throws {
        #expect(try tree.units.unit(.name(NodeName(name))).address == SCSIAddress(address))
    }

    @Test func isReadWhole() throws {
        let unit = try tree.units.unit(.address(SCSIAddress("2:0:0:3")))
        #expect(unit.wwid == "naa.5000c500a1b2c3d4")
        #expect(unit.vendor == "Linux")
        #expect(unit.model == "scsi_debug")
        #expect(unit.type == 0)
        #expect(unit.level == 7)
        #expect(
            unit.nodes == [
                SCSINode(
                    kind: .generic, name: "sg3", path: tree.dev.appending("sg3"),
                    number: DeviceNumber(.character, 21, 3)),
                SCSINode(
                    kind: .bsg, name: "2:0:0:3", path: tree.dev.appending("bsg/2:0:0:3"),
                    number: DeviceNumber(.character, 249, 3)),
                SCSINode(
                    kind: .disc, name: "sdb", path: tree.dev.appending("sdb"), number: DeviceNumber(.block, 8, 16)),
            ])
        #expect(unit.label == "sg3 (2:0:0:3)")
    }

    @Test func aTapeHasEightNodesOfItsKind() throws {
        let unit = try tree.units.unit(.name(NodeName("st0")))
        #expect(unit.type == 1)
        let tapes = unit.nodes.filter { $0.kind == .mt }
        #expect(tapes.map(\.name) == ["nst0", "nst0a", "nst0l", "nst0m", "st0", "st0a", "st0l", "st0m"])
        #expect(Set(tapes.map(\.number.minor)) == [0, 32, 64, 96, 128, 160, 192, 224])
    }

    @Test func kindsAreTold() throws {
        #expect(try tree.units.unit(.name(NodeName("sg4"))).nodes.map(\.kind) == [.generic, .cd])
        #expect(try tree.units.unit(.name(NodeName("sg6"))).nodes.map(\.kind) == [.generic, .changer])
    }

    @Test(arguments: [
        ("naa.5000c500a1b2c3d4", ["sg3 (2:0:0:3)"]),
        ("t10.HP      Ultrium 5-SCSI  HU123", ["sg5 (4:0:0:0)", "sg6 (4:0:0:1)"]),  // the drive and its changer
        ("naa.6001405", ["sg7 (5:0:0:0)", "5:0:0:1"]),  // two units, one without a driver for sg
        ("naa.0", []),
    ])
    func wwidFindsOneOrSaysWhich(wwid: String, found: [String]) throws {
        do {
            let unit = try tree.units.unit(.wwid(WWID(wwid)))
            #expect([unit.label] == found)
        } catch let error as NodeDeviceError {
            #expect(error.code == (found.isEmpty ? .notFound : .ambiguous(candidates: found)))
            for label in found { #expect(error.description.contains(label)) }
        }
    }

    @Test func aPathOrALinkLeadsToTheUnit() throws {
        // Only root can make nodes. Every host has these; in the tree the second one is a unit's.
        try tree.add("6:0:0:0", nodes: ["scsi_generic/sg8 1:5"])
        try tree.link("by-id", to: "/dev/zero")
        func code(_ path: String) throws -> NodeDeviceError.Code? {
            do {
                #expect(try tree.units.unit(.path(DevicePath(path))).label == "sg8 (6:0:0:0)")
                return nil
            } catch let error as NodeDeviceError { return error.code }
        }
        #expect(try code("/dev/zero") == nil)
        #expect(try code("\(tree.sysfs)/by-id") == nil)
        #expect(try code("/dev/null") == .wrongKind)
        #expect(try code("/dev/full") == .wrongKind)
        #expect(try code("\(tree.dev)") == .wrongKind)
        #expect(try code("\(tree.dev)/nothing") == .notFound)
    }

    @Test(
        arguments: [
            ("sg9", .notFound),  // no such device
            ("vda", .wrongKind),  // a disk that is not SCSI
            ("host2", .notFound),  // what has an address, but is no unit
        ] as [(String, NodeDeviceError.Code)])
    func anUnknownNameIsAnError(name: String, code: NodeDeviceError.Code) throws {
        let error = #expect(throws: NodeDeviceError.self) { try tree.units.unit(.name(NodeName(name))) }
        #expect(error?.code == code)
    }

    @Test func anUnknownAddressIsAnError() throws {
        let error = #expect(throws: NodeDeviceError.self) { try tree.units.unit(.address(SCSIAddress("9:0:0:0"))) }
        #expect(error?.code == .notFound)
        #expect(error?.description == "the SCSI unit 9:0:0:0: the host has none")
    }

    @Test func theUnitOfANumberIsTheOneThatHasItNow() throws {
        let number = DeviceNumber(.character, 21, 3)
        let before = try #require(try tree.units.unit(of: number))
        try tree.remove("2:0:0:3")
        #expect(try tree.units.unit(of: number) == nil)
        #expect(try tree.units.unit(of: DeviceNumber(.block, 254, 0)) == nil)
        _ = before
    }

    @Test func allAreListedByAddress() throws {
        try tree.add("10:0:0:0", nodes: [])
        #expect(
            try tree.units.all().map { "\($0.address)" } == [
                "2:0:0:3", "3:0:0:0", "4:0:0:0", "4:0:0:1", "5:0:0:0", "5:0:0:1", "10:0:0:0",
            ])
    }

    @Test func aHostWithoutSCSIHasNone() throws {
        #expect(try SysfsTree().units.all() == [])
    }

    @Test func aLookUpByNameReadsNoOtherUnit() throws {
        // A unit that cannot be read would be an error for one that looks at all.
        try tree.file("devices/broken/6:0:0:0/type/x", "")
        try tree.link("bus/scsi/devices/6:0:0:0", to: "../../../devices/broken/6:0:0:0")
        #expect(throws: NodeDeviceError.self) { try tree.units.all() }
        #expect(try tree.units.unit(.name(NodeName("sg3"))).label == "sg3 (2:0:0:3)")
    }
}
