import ByteStrings
import DeviceAccess
import HostdevModel
import LinuxSystem
import NodeDevices
import SystemPackage
import Testing

@testable import Netlink
@testable import Passthrough

/// What is written to the journal is read back equal: a run that reverts what another one attached has nothing else.
@Suite struct RecordTests {
    private static func record(_ hostdev: Hostdev, _ change: any DeviceChange) -> Record {
        Record(
            id: "00ff", transaction: "a1", since: 1_795_000_000,
            container: ContainerIdentity(
                reference: "lxc:a'b&<c>", process: .init(id: 42, startTime: .max),
                network: FileIdentity(device: 4, inode: .max), mounts: FileIdentity(device: 4, inode: 8)),
            hostdev: hostdev, change: change)
    }

    private func reread(_ record: Record) throws -> Record {
        let text = try record.xml
        let read = try Record(parsing: Array(text.utf8), name: "record")
        #expect(try read.xml == text)
        #expect(read.container == record.container && read.hostdev == record.hostdev)
        return read
    }

    /// The head of RTM_NEWLINK, with the interface's number, and what the other messages may hold.
    private static func messages(_ about: String, isOfRadio: Bool) -> [InterfaceChange.Message] {
        InterfaceChange.Message.Subject.allCases.filter { isOfRadio || ($0 != .radio && $0 != .wireless) }.map {
            let bytes: [UInt8] = $0 == .link ? [0, 0, 1, 0, 5, 0, 0, 0] : []
            return .init(subject: $0, kernel: KernelMessage(type: 16, bytes: bytes + Array(0...255)), about: about)
        }
    }

    private static func interface(_ index: Int32, _ name: String, isOfRadio: Bool = false) -> InterfaceChange {
        InterfaceChange(
            containerIndex: index, containerName: name, home: FileIdentity(device: 4, inode: 9), lookedAt: .max,
            messages: messages("eth0 & <co>", isOfRadio: isOfRadio),
            settings: [.init(directory: "ipv6/conf", name: "a", value: "2001:db8::1")])
    }

    private static var net: Hostdev {
        get throws { Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth0")))), alias: try Alias("ua-x")) }
    }

    @Test(arguments: [false, true])
    func anInterface(isDetaching: Bool) throws {
        var interface = Self.interface(.max, "lan0")
        interface.upperLinks = [Self.interface(7, "eth0.5")]
        var record = Self.record(try Self.net, interface)
        record.isDetaching = isDetaching
        let read = try reread(record)
        #expect(read.change as? InterfaceChange == interface && read.isDetaching == isDetaching)
    }

    /// The interfaces of one radio.
    @Test func aRadio() throws {
        let radio = RadioChange(
            interface: Self.interface(5, "lan0", isOfRadio: true),
            companions: [Self.interface(6, "mon0", isOfRadio: true), Self.interface(7, "mon1", isOfRadio: true)])
        #expect(try reread(Self.record(Self.net, radio)).change as? RadioChange == radio)
    }

    /// A bare network namespace, and an interface whose name XML cannot hold as it is.
    @Test func aNameThatXMLCannotHold() throws {
        var record = Self.record(try Self.net, Self.interface(2, "a\u{1}"))
        record.container.process = nil
        let interface = try #require(try reread(record).change as? InterfaceChange)
        #expect(Array(interface.containerName.utf8) == Array("a\u{1}".utf8))
    }

    @Test func aUnit() throws {
        let node = EntryContent.node(DeviceNumber(.block, 8, 1 << 19))
        let made = { MadeEntry(path: $0, content: $1, identity: FileIdentity(device: 1, inode: 2), isPlaceholder: $2) }
        let nodes = NodesChange(
            name: "sg3", address: try SCSIAddress("2:0:0:3"), wwid: "t10.ATA     x", identity: DeviceIdentity("i"),
            lock: "scsi-2:0:0:3", presence: .unsettled,
            entries: [
                .init(
                    plan: EntryPlan("/dev/sdb", node, technique: .mounted),
                    sysfsPlace: .init(path: "/devices/b", subsystem: "block"), made: [made("/dev/sdb", node, true)]),
                .init(
                    plan: EntryPlan("/dev/scsi/x", .link(to: "../y")), made: [made("/dev/scsi", .directory, false)]),
            ],
            rules: [("exception", DeviceNumber.Kind.block, [.read, .write]), ("override", .character, .read)].compactMap
            {
                RuleChange(
                    means: $0, directory: "/sys/a b", group: .max, rule: DeviceRule(DeviceNumber($1, 8, 0), $2))
            })
        #expect(nodes.rules.count == 2)
        let hostdev = Hostdev(.scsi(SCSIDevice(source: .name(try NodeName("sg3")))))
        #expect(try reread(Self.record(hostdev, nodes)).change as? NodesChange == nodes)
    }

    /// A USB stick with a serial line and an interface, and a PCI function.
    @Test func physicalDevices() throws {
        let nodes = NodesChange(
            name: "ttyUSB0", identity: DeviceIdentity("usb x"), lock: "node-ttyUSB0",
            entries: [
                .init(
                    plan: EntryPlan("/dev/ttyUSB0", .node(DeviceNumber(.character, 188, 0))),
                    sysfsPlace: .init(path: "/devices/b", subsystem: "tty", type: "t"))
            ], rules: [])
        let stick = PhysicalChange(
            bus: .usb(
                try USBID("0403:6001"), serial: try USBSerial("A'&<é>"),
                try USBAddress(bus: 3, device: 6, port: "1.2", controller: PCIAddress("0000:00:0a.0"))),
            firstAddress: "003:005", directory: "/sys/devices/pci0000:00/0000:00:0a.0/usb3/3-1/3-1.2",
            identity: DeviceIdentity("usb 0403:6001 serial A'&<é> device at /sys"), kinds: .except([.usb]),
            usbState: USBState(configuration: "1", drivers: ["3-1.2:1.0": "ftdi_sio"]), isGone: true,
            members: [
                .init(number: 0, kind: .tty, place: "3-1.2:1.0/ttyUSB0/tty/ttyUSB0", name: "ttyUSB0", change: nodes),
                .init(number: 4, kind: .net, place: "3-1.2:1.1/net/usb0", name: "usb0", change: Self.interface(5, "a")),
            ])
        let usb = Hostdev(.usb(USBDevice(source: .port(try USBPort("3-1.2")), kinds: .except([.usb]))))
        let read = try #require(try reread(Self.record(usb, stick)).change as? PhysicalChange)
        #expect(read.bus == stick.bus && read.usbState == stick.usbState && read.isGone && read.kinds == stick.kinds)
        #expect(read.members.first?.change as? NodesChange == nodes && read.members.map(\.number) == [0, 4])

        let address = try PCIAddress("0000:01:00.0")
        let function = PhysicalChange(
            bus: .pci(address, vendor: 0x8086, device: 0x10D3), firstAddress: "0000:01:00.0",
            directory: "/sys/devices/pci0000:00/0000:01:00.0", identity: DeviceIdentity("pci"), kinds: .all, members: []
        )
        let pci = Hostdev(.pci(PCIDevice(source: address)))
        #expect((try reread(Self.record(pci, function)).change as? PhysicalChange)?.bus == function.bus)
    }

    private static let head = "<attachment id='1' version='2' transaction='1' state='attached' since='1'>"
    private static let middle =
        "<container reference='pid:1' network='1:1'/><hostdev mode='capability'><source name='eth0'/></hostdev>"
    private static func physical(_ members: String) -> String {
        "<physical pci='0000:01:00.0' vendor='1' device='1' first-address='a' directory='/sys/a' identity='a'>\(members)"
            + "</physical>"
    }

    private static func interface(_ bytes: String) -> String {
        "<interface index='1' name='a' home='1:1' looked-at='1'><link about='a' type='16'>\(bytes)</link></interface>"
    }

    @Test(arguments: [
        "", "<attachment/>", "<attachment id='1' transaction='1' state='attached' since='x'/>",
        // A byte with one digit.
        head + middle + interface("0") + "</attachment>",
        // An interface of number 0.
        head + middle + interface("0000010000000000") + "</attachment>",
        // A kind of device that nobody knows.
        head + middle + "<teapot/></attachment>",
        // A rule of a way that nobody knows.
        head + middle + "<nodes name='a' identity='a' lock='a' presence='here'>"
            + "<grant kind='x' place='/' group='1' char='1:1' access='rw'/></nodes></attachment>",
        // A physical device in a device, one without a directory, a member of a kind that nobody knows.
        head + middle + physical("<member number='0' kind='tty' place='' name='a'>\(physical(""))</member>")
            + "</attachment>",
        head + middle + physical("").replacing("/sys/a", with: "") + "</attachment>",
        head + middle + physical("<member number='0' kind='x' place='' name='a'><nodes/></member>") + "</attachment>",
        // A member with a number after which there is none.
        head + middle
            + physical(
                "<member number='9223372036854775807' kind='net' place='' name='a'>\(interface("0000010001000000"))</member>"
            )
            + "</attachment>",
        // No device, a damaged document, another version.
        head + middle + "</attachment>",
        head + "<container reference='pid:1' network='1:1'/><hostdev/><x/></attachment>",
        head.replacing("'2'", with: "'3'") + middle + interface("0000010001000000") + "</attachment>",
    ])
    func damageIsAnError(text: String) {
        #expect(throws: (any Error).self) { try Record(parsing: Array(text.utf8), name: "record") }
    }

    /// What release 0.1.0 wrote, on a host with two cores and in the guest: an interface with a macvlan on it, a radio with a
    /// monitor, two nodes and a SCSI unit.
    @Test func recordsOfRelease010AreRead() throws {
        let directory = FilePath(#filePath).removingLastComponent().appending("Records-0.1.0")
        let names = try directoryEntries(directory)
        #expect(names.count == 5)
        for name in names {
            let text = try readText(directory.appending(name))
            let record = try Record(parsing: Array(text.utf8), name: name)
            #expect(record.fault(in: String(name.dropLast(4))) == nil)
            // This release writes the same with its version, and a radio as one.
            var written = try record.xml.replacing(" version='2'", with: "")
            if record.change is RadioChange {
                written = written.replacing("<radio index", with: "<interface index").replacing(
                    "  </radio>\n</attachment>", with: "  </interface>\n</attachment>")
            }
            #expect(written == text)
        }
    }
}
