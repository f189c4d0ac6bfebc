import HostdevModel
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// The inventory of a fake sysfs and a fake database of udev's, for no machine has all of these; that of real machines is
/// looked at in the program's tests, and in the guest's.
@Suite struct InventoryTests {
    let tree: SysfsTree

    init() throws { tree = try SysfsTree() }

    private func devices() throws -> [String: NodeDevice] {
        let devices = try Inventory(sysfs: tree.sysfs, udev: tree.dev.appending("udev")).devices()
        return Dictionary(uniqueKeysWithValues: devices.map { ($0.name.description, $0) })
    }

    /// A device below `/sys/devices`, and the link to it in its bus or class.
    private func add(_ place: String, at directory: String, _ files: [String: String], driver: String? = nil) throws {
        let depth = place.split(separator: "/").count - 1
        for (name, text) in files { try tree.file("devices/\(directory)/\(name)", text) }
        if files["uevent"] == nil { try tree.file("devices/\(directory)/uevent", "") }
        try tree.link(place, to: String(repeating: "../", count: depth) + "devices/\(directory)")
        if let driver { try tree.link("devices/\(directory)/driver", to: "/bus/drivers/\(driver)") }
    }

    private func udev(_ id: String, _ lines: String...) throws {
        try tree.file("../dev/udev/\(id)", lines.joined(separator: "\n"))
    }

    private let card = "pci0000:00/0000:00:19.0"

    private func addCard() throws {
        try add(
            "bus/pci/devices/0000:00:19.0", at: card,
            ["vendor": "0x8086", "device": "0x10f5", "class": "0x020000", "uevent": "DRIVER=e1000e"], driver: "e1000e")
        try udev(
            "+pci:0000:00:19.0", "E:ID_VENDOR_FROM_DATABASE=Intel Corporation",
            "E:ID_MODEL_FROM_DATABASE=82567LM Gigabit Network Connection")
    }

    @Test func anEmptyHostIsAComputer() throws {
        try makeDirectories(tree.sysfs.appending("devices"))
        let devices = try devices()
        #expect(Array(devices.keys) == ["computer"])
        #expect(devices["computer"]?.parent == nil)
    }

    @Test func withoutSysfsNothingIsKnown() {
        #expect(throws: NodeDeviceError.self) { try Inventory(sysfs: "/nowhere").devices() }
    }

    @Test func aCardAndItsInterface() throws {
        try addCard()
        let interface = "\(card)/net/enp0s25"
        try add(
            "class/net/enp0s25", at: interface,
            [
                "uevent": "INTERFACE=enp0s25\nIFINDEX=2", "address": "00:13:02:b9:f9:d3", "type": "1", "speed": "1000",
                "operstate": "up",
            ])
        try tree.link("devices/\(interface)/device", to: "../../../0000:00:19.0")
        let devices = try devices()
        #expect(
            try devices["pci_0000_00_19_0"]?.xml() == """
                <device>
                  <name>pci_0000_00_19_0</name>
                  <path>\(tree.sysfs)/devices/pci0000:00/0000:00:19.0</path>
                  <parent>computer</parent>
                  <driver>
                    <name>e1000e</name>
                  </driver>
                  <capability type='pci'>
                    <class>0x020000</class>
                    <domain>0</domain>
                    <bus>0</bus>
                    <slot>25</slot>
                    <function>0</function>
                    <product id='0x10f5'>82567LM Gigabit Network Connection</product>
                    <vendor id='0x8086'>Intel Corporation</vendor>
                  </capability>
                </device>

                """)
        let net = try #require(devices["net_enp0s25_00_13_02_b9_f9_d3"])
        #expect(net.parent?.description == "pci_0000_00_19_0")
        #expect(net.driver == "e1000e")
        // No such interface is in this network namespace, so nothing is known of its hardware.
        #expect(
            net.capabilities == [
                .net(
                    NetCapability(
                        interface: try InterfaceName("enp0s25"), address: try MACAddress("00:13:02:b9:f9:d3"),
                        speed: 1000,
                        state: .up, features: [], technology: .ethernet))
            ])
    }

    @Test(arguments: [
        ("uevent", "IFINDEX=3\nDEVTYPE=wlan", NetCapability.Technology.wireless as NetCapability.Technology?),
        ("uevent", "IFINDEX=3\nDEVTYPE=bridge", .ethernet), ("type", "65534", nil),
    ])
    func whatAnInterfaceTransmitsWith(file: String, text: String, technology: NetCapability.Technology?) throws {
        var files = ["uevent": "IFINDEX=3", "type": "1", "address": "02:00:00:00:00:01", "speed": "-1"]
        files[file] = text
        try add("class/net/some0", at: "virtual/net/some0", files)
        try add("class/net/bonding_masters", at: "virtual/net/bonding_masters", [:])
        let devices = try devices()
        #expect(devices.keys.sorted() == ["computer", "net_some0_02_00_00_00_00_01"])
        guard case .net(let net)? = devices["net_some0_02_00_00_00_00_01"]?.capabilities.first else {
            Issue.record("no interface")
            return
        }
        #expect(net.technology == technology)
        #expect(net.speed == nil)
    }

    @Test func aUnitHasItsHostTargetAndNodes() throws {
        let host = "\(card)/host2"
        try addCard()
        try add("bus/scsi/devices/host2", at: host, ["scsi_host/host2/unique_id": "7"])
        try add("bus/scsi/devices/target2:0:0", at: "\(host)/target2:0:0", [:])
        let unit = "\(host)/target2:0:0/2:0:0:3"
        try add("bus/scsi/devices/2:0:0:3", at: unit, ["type": "0", "vendor": "Linux   ", "model": "scsi_debug      "])
        try add("class/scsi_generic/sg3", at: "\(unit)/scsi_generic/sg3", ["uevent": "MAJOR=21\nMINOR=3\nDEVNAME=sg3"])
        try add(
            "class/block/sdb", at: "\(unit)/block/sdb",
            [
                "uevent": "MAJOR=8\nMINOR=16\nDEVNAME=sdb\nDEVTYPE=disk", "size": "2048", "removable": "0",
                "queue/logical_block_size": "4096",
            ])
        try tree.link("devices/\(unit)/block/sdb/device", to: "../../../2:0:0:3")
        try add(
            "class/block/sdb1", at: "\(unit)/block/sdb/sdb1",
            ["uevent": "MAJOR=8\nMINOR=17\nDEVNAME=sdb1\nDEVTYPE=partition", "size": "1024"])
        try udev("b8:16", "S:disk/by-path/b", "S:disk/by-id/a", "E:ID_BUS=scsi", "E:ID_SERIAL_SHORT=2000")

        let devices = try devices()
        let parents = [
            "computer": nil, "pci_0000_00_19_0": "computer", "scsi_host2": "pci_0000_00_19_0",
            "scsi_target2_0_0": "scsi_host2", "scsi_2_0_0_3": "scsi_target2_0_0", "scsi_generic_sg3": "scsi_2_0_0_3",
            "block_sdb_2000": "scsi_2_0_0_3",
        ]
        #expect(devices.mapValues { $0.parent?.description } == parents)
        #expect(devices["scsi_host2"]?.capabilities == [.scsiHost(SCSIHostCapability(host: 2, uniqueID: 7))])
        let address = try SCSIAddress("2:0:0:3")
        #expect(devices["scsi_2_0_0_3"]?.capabilities == [.scsi(SCSICapability(address: address, type: .disk))])
        #expect(devices["scsi_generic_sg3"]?.capabilities == [.scsiGeneric(try DevicePath("/dev/sg3"))])
        let disk = try #require(devices["block_sdb_2000"])
        #expect(disk.node?.description == "/dev/sdb")
        #expect(disk.links.map(\.description) == ["/dev/disk/by-id/a", "/dev/disk/by-path/b"])
        #expect(
            disk.capabilities == [
                .storage(
                    StorageCapability(
                        block: try DevicePath("/dev/sdb"), bus: "scsi", driveType: "disk", model: "scsi_debug",
                        vendor: "Linux", serial: "2000",
                        medium: .fixed(.init(bytes: 1_048_576, blockSize: 4_096, blockCount: 256))))
            ])
    }

    /// An optical drive says the size of the disc that it had; a loop device without a file is nothing.
    @Test(arguments: [("1", 1_024), ("0", nil as UInt64?)])
    func aDriveWithAndWithoutADisc(hasDisc: String, bytes: UInt64?) throws {
        try add(
            "class/block/sr0", at: "pci0000:00/block/sr0",
            [
                "uevent": "MAJOR=11\nMINOR=0\nDEVNAME=sr0\nDEVTYPE=disk", "size": "2", "removable": "1",
                "device/type": "5",
            ])
        try add(
            "class/block/loop0", at: "virtual/block/loop0",
            ["uevent": "MAJOR=7\nMINOR=0\nDEVNAME=loop0\nDEVTYPE=disk", "size": "0", "removable": "0"])
        try udev("b11:0", "E:ID_CDROM_MEDIA=\(hasDisc)")
        let devices = try devices()
        #expect(devices.keys.sorted() == ["block_sr0", "computer"])
        guard case .storage(let drive)? = devices["block_sr0"]?.capabilities.first else {
            Issue.record("no drive")
            return
        }
        #expect(drive.driveType == "cdrom")
        #expect(drive.medium == .removable(bytes.map { .init(bytes: $0) }))
    }

    @Test func aUSBDeviceIsNoInterfaceOfItself() throws {
        let hub = "pci0000:00/0000:00:14.0/usb3"
        let numbers = ["busnum": "3", "idVendor": "0483", "idProduct": "2016"]
        try add("bus/usb/devices/usb3", at: hub, numbers.merging(["devnum": "1"]) { $1 })
        try add(
            "bus/usb/devices/3-1", at: "\(hub)/3-1",
            numbers.merging([
                "devnum": "5", "manufacturer": "SGS Thomson Microelectronics", "product": "Fingerprint Reader",
                "uevent": "MAJOR=189\nMINOR=260\nDEVNAME=bus/usb/003/005\nDEVTYPE=usb_device",
            ]) { $1 })
        try add("bus/usb/devices/3-1:1.0", at: "\(hub)/3-1/3-1:1.0", ["bInterfaceNumber": "00"])
        let devices = try devices()
        #expect(devices.keys.sorted() == ["computer", "usb_3_1", "usb_usb3"])
        let reader = try #require(devices["usb_3_1"])
        #expect(reader.parent?.description == "usb_usb3")
        #expect(reader.node?.description == "/dev/bus/usb/003/005")
        #expect(
            reader.capabilities == [
                .usb(
                    USBCapability(
                        address: try USBAddress(bus: 3, device: 5), id: try USBID(vendor: 0x0483, product: 0x2016),
                        productName: "Fingerprint Reader", vendorName: "SGS Thomson Microelectronics"))
            ])
        #expect(try reader.hostdev?.xml().contains("<address bus='3' dev='5'/>") == true)
    }

    /// What goes away between the list and the look.
    @Test func whatHasGoneIsLeftOut() throws {
        try addCard()
        try tree.link("class/net/eth9", to: "../../devices/\(card)/net/eth9")
        try tree.link("bus/scsi/devices/2:0:0:0", to: "../../../devices/nowhere")
        #expect(try devices().keys.sorted() == ["computer", "pci_0000_00_19_0"])
    }
}
