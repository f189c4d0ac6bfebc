import HostdevModel
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// What physical devices present, on recorded trees.
@Suite struct LogicalDeviceTests {
    /// Devices, what each one presents as `kind name`, and which devices are connected to it.
    struct Row: Sendable {
        let name: String
        let presents: [String]
        let connects: [String]

        init(_ name: String, _ presents: String..., connects: [String] = []) {
            self.name = name
            self.presents = presents
            self.connects = connects
        }
    }

    static let usb = [
        Row("2-1", "usb bus/usb/002/002", "storage sdd", "scsi bsg/2:0:0:0", "scsi sg4"),
        Row(
            "4-2", "usb bus/usb/004/002", "storage sde", "scsi bsg/3:0:0:0", "scsi sg5", "storage sdf",
            "scsi bsg/3:0:0:1",
            "scsi sg6"),
        Row("3-1.1", "usb bus/usb/003/004", "tty ttyUSB0"),
        Row("3-1.2", "usb bus/usb/003/006", "hidraw hidraw0", "input input/event0"),
        Row("3-1.3", "usb bus/usb/003/008", "hidraw hidraw1", "input input/event1", "input input/mouse0"),
        Row("3-1.4", "usb bus/usb/003/009", "hidraw hidraw2", "input input/event2", "input input/mouse1"),
        Row("3-1.5", "usb bus/usb/003/010", "hidraw hidraw3", "input input/event3", "input input/mouse2"),
        Row("3-3", "usb bus/usb/003/003", "sound snd/controlC0", "sound snd/pcmC0D0p"),
        Row("3-4", "usb bus/usb/003/005", "net usb0"),
        Row("3-5", "usb bus/usb/003/007"),
        Row(
            "5-1", "usb bus/usb/005/002", "tty ttyACM0", "net usb2", "storage sdg", "storage sdg1", "scsi bsg/4:0:0:0",
            "scsi sg7"),
        Row(
            "6-1", "usb bus/usb/006/002", "printer usb/lp0", "sound snd/controlC2", "sound dmmidi2", "sound midi2",
            "sound snd/midiC2D0"),
        Row("3-1", "usb bus/usb/003/002", connects: ["3-1.1", "3-1.2", "3-1.3", "3-1.4", "3-1.5"]),
        Row("usb3", "usb bus/usb/003/001", connects: ["3-1", "3-3", "3-4", "3-5"]),
    ]

    static let pci = [
        Row("0000:00:00.0"),
        Row("0000:01:00.0", "net eth0", "ptp ptp0"),
        Row("0000:03:01.0", "net eth3"),
        Row("0000:00:07.0", "net eth1"),
        Row("0000:00:0a.0", "storage vda"),
        Row(
            "0000:00:03.0", "storage sda", "scsi bsg/0:0:0:0", "scsi sg0", "storage sdb", "scsi bsg/0:0:1:0",
            "scsi sg1",
            "storage sr0", "scsi bsg/0:0:2:0", "scsi sg2"),
        Row("0000:00:0b.0", "gpu dri/card0", "render dri/renderD128", "fb fb0"),
        Row("0000:00:0c.0", "input input/event0"),
        Row("0000:00:0d.0", "serial vport7p1"),
        Row("0000:00:04.0", "storage sdc", "scsi bsg/1:2:3:0", "scsi sg3"),
        Row("0000:00:0e.0", "storage sde", "scsi bsg/3:0:0:0", "scsi sg5"),
        Row("0000:00:0f.0", "nvme nvme0", "nvme ng0n1", "nvme ng0n2", "storage nvme0n1", "storage nvme0n2"),
        Row("0000:00:10.0", "gpu dri/card1", "fb fb1"),
        Row(
            "0000:00:11.0", "sound snd/controlC0", "sound snd/hwC0D0", "sound snd/pcmC0D0c", "sound snd/pcmC0D0p"),
        Row("0000:00:12.0", "storage mmcblk0"),
        Row("0000:00:13.0", "tty ttyS1"),
        Row("0000:00:15.0"),
        Row("0000:00:16.0"),
        Row("0000:00:17.0"),
        Row("0000:00:05.0", connects: ["0000:01:00.0"]),
        Row("0000:00:14.0", connects: ["0000:03:01.0"]),
        Row("0000:00:09.0", connects: ["usb1", "usb2"]),
    ]

    static let described = [
        Row("5-1", "usb bus/usb/005/002", "wifi phy3", "wifi wlan0"),
        Row("5-2", "usb bus/usb/005/003", "tty ttyUSB0", "tty ttyUSB1", "net wwan0", "other cdc-wdm0"),
        Row("5-3", "usb bus/usb/005/004", "input input/event9", "video media0", "video video0", "video video1"),
        Row("0000:0a:00.0", "rdma infiniband/umad0", "rdma infiniband/uverbs0", "net ens1", "ptp ptp4"),
        Row("0000:00:1f.5", "other watchdog", "other watchdog0"),
        Row("0000:00:1d.0"),
        Row("0000:00:14.0", connects: ["usb5"]),
    ]

    @Test(arguments: [("usb.txt", usb), ("pci.txt", pci), ("described.txt", described)])
    func ofEachDevice(file: String, rows: [Row]) throws {
        let tree = try RecordedTree([file])
        let devices = try all(tree)
        for row in rows {
            let device = try #require(devices.first { $0.name == row.name }, "\(row.name)")
            let contents = try device.contents()
            let presents = contents.devices.map { "\($0.kind.rawValue) \($0.name)" }
            #expect(presents.sorted() == row.presents.sorted(), "\(row.name)")
            #expect(contents.connected == row.connects, "\(row.name)")
        }
    }

    private func all(_ tree: borrowing RecordedTree) throws -> [PhysicalDevice] {
        try tree.devices.usbDevices() + tree.devices.pciDevices()
    }

    /// No logical device is presented by two devices, and all that have a number are presented by one.
    @Test(arguments: ["usb.txt", "pci.txt", "described.txt"]) func eachIsPresentedOnce(file: String) throws {
        let tree = try RecordedTree([file])
        var seen: Set<DeviceNumber> = []
        for device in try all(tree) {
            for logical in try device.contents().devices {
                guard case .node(let number, _) = logical.content else { continue }
                #expect(seen.insert(number).inserted, "\(logical)")
            }
        }
    }

    @Test func rolesOfDevicesThatConnectOthers() throws {
        let (usb, pci) = (try RecordedTree(["usb.txt"]), try RecordedTree(["pci.txt"]))
        var roles: [String: PhysicalDevice.Role] = [:]
        for device in try usb.devices.usbDevices() + pci.devices.pciDevices() { roles[device.name] = device.role }
        #expect(roles["usb3"] == .rootHub)
        #expect(roles["3-1"] == .hub)
        #expect(roles["3-1.1"] == nil)
        #expect(roles["0000:00:00.0"] == .bridge)
        #expect(roles["0000:00:05.0"] == .bridge)
        #expect(roles["0000:00:14.0"] == .bridge)
        #expect(roles["0000:00:09.0"] == .controller)
        #expect(roles["0000:01:00.0"] == nil)
    }

    /// An interface that is in another network namespace is not there, and neither is one whose driver is not bound.
    @Test func whatHasGoneIsNotPresented() throws {
        let tree = try RecordedTree(["usb.txt"])
        tree.remove("devices/platform/dummy_hcd.0/usb5/5-1/5-1:1.2/net/usb2")
        tree.remove("devices/platform/dummy_hcd.0/usb5/5-1/5-1:1.0/tty")
        let device = try tree.devices.device(.port(try USBPort("5-1")))
        #expect(
            try device.contents().devices.map(\.name)
                == ["bus/usb/005/002", "sdg", "sdg1", "bsg/4:0:0:0", "sg7"])
    }

    /// The devices above a directory, nearest first.
    @Test func theDeviceAboveALogicalDevice() throws {
        let tree = try RecordedTree(["usb.txt"])
        let place = tree.sysfs.appending("devices/platform/dummy_hcd.0/usb5/5-1")
        let tty = place.appending("5-1:1.0").appending("tty").appending("ttyACM0")
        #expect(try tree.devices.device(above: tty)?.name == "5-1")
        #expect(try tree.devices.device(above: place)?.name == "5-1")
        #expect(try tree.devices.device(above: tree.sysfs.appending("devices/virtual/misc/fuse")) == nil)
    }
}
