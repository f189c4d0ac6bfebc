import HostdevModel
import Testing

@testable import NodeDevices

/// Which physical device a document names, on recorded trees.
@Suite struct PhysicalDeviceTests {
    /// Three gadgets of one product, two of them with one serial number, in ports of two controllers.
    private func threeGadgets() throws -> RecordedTree {
        func gadget(_ bus: Int, _ port: String, _ number: Int, serial: String?) -> String {
            "devices/pci0000:00/0000:00:0\(bus).0/usb\(bus)/\(bus)-\(port)|usb|usb|DEVTYPE=usb_device|"
                + "idVendor=1209;idProduct=0001;busnum=\(bus);devnum=\(number);devpath=\(port);bDeviceClass=00;maxchild=0"
                + (serial.map { ";serial=\($0)" } ?? "")
        }
        return try RecordedTree(lines: [
            "devices/pci0000:00/0000:00:03.0|pci|xhci_hcd||class=0x0c0330;vendor=0x1b36;device=0x000d",
            "devices/pci0000:00/0000:00:04.0|pci|xhci_hcd||class=0x0c0330;vendor=0x1b36;device=0x000d",
            gadget(3, "1", 2, serial: "SN1"), gadget(3, "2.4", 7, serial: "SN2"), gadget(4, "1", 3, serial: "SN1"),
        ])
    }

    @Test(arguments: [
        (USBDevice.Source.id(try USBID("1209:0001"), serial: try USBSerial("SN2"), at: nil), "3-2.4"),
        (.id(try USBID("1209:0001"), at: try USBAddress("3:2")), "3-1"),
        // What the address names has been plugged in anew, in its port.
        (
            .id(
                try USBID("1209:0001"),
                at: try USBAddress(bus: 4, device: 99, port: "1", controller: PCIAddress("00:04.0"))),
            "4-1"
        ),
        (.address(try USBAddress("003:007")), "3-2.4"),
        (.port(try USBPort("3-2.4")), "3-2.4"),
        (.port(try USBPort("pci-0000:00:04.0-usb-0:1")), "4-1"),
    ]) func isNamed(source: USBDevice.Source, name: String) throws {
        let tree = try threeGadgets()
        #expect(try tree.devices.device(source).name == name)
    }

    @Test func isCompletelyKnown() throws {
        let tree = try threeGadgets()
        let device = try tree.devices.device(.port(try USBPort("3-2.4")))
        #expect(
            try device.bus
                == .usb(
                    USBID("1209:0001"), serial: USBSerial("SN2"),
                    USBAddress(bus: 3, device: 7, port: "2.4", controller: PCIAddress("0000:00:03.0"))))
        #expect(device.description == "usb 1209:0001 at bus 3 device 7 (3-2.4)")
    }

    @Test(arguments: [
        USBDevice.Source.id(try USBID("1209:0001"), at: nil),
        .id(try USBID("1209:0001"), serial: try USBSerial("SN1"), at: nil),
    ]) func severalAreListed(source: USBDevice.Source) throws {
        let tree = try threeGadgets()
        let error = #expect(throws: NodeDeviceError.self) { try tree.devices.device(source) }
        guard case .ambiguous(let candidates)? = error?.code else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(candidates.first == "3:2 in port 3-1, serial SN1")
        #expect(candidates.last == "4:3 in port 4-1, serial SN1")
        #expect(error?.remedy?.contains("port:3-1") == true)
    }

    @Test(arguments: [
        (USBDevice.Source.id(try USBID("1209:0002"), at: nil), "the host has none"),
        (.id(try USBID("1209:0001"), serial: try USBSerial("SN3"), at: nil), "the host has none"),
        (.id(try USBID("1209:0001"), at: try USBAddress("9:9")), "none is at 009:009, but 3:2 in port 3-1"),
        (.address(try USBAddress("3:1")), "plugged in since: 3:2 in port 3-1"),
        (.address(try USBAddress("3:99")), "there is none"),
        (
            .address(try USBAddress(bus: 3, device: 5, port: "2.4", controller: nil)),
            "in its port is 3:7 in port 3-2.4"
        ),
        (.port(try USBPort("3-3")), "nothing is plugged in there"),
    ]) func isNotThere(source: USBDevice.Source, reason: String) throws {
        let tree = try threeGadgets()
        let error = #expect(throws: NodeDeviceError.self) { try tree.devices.device(source) }
        #expect(error?.code == .notFound)
        #expect(error?.reason.contains(reason) == true, "\(String(describing: error))")
    }

    @Test func aPCIFunction() throws {
        let tree = try RecordedTree(["pci.txt"])
        let device = try tree.devices.device(PCIAddress("0000:01:00.0"))
        #expect(device.bus == .pci(try PCIAddress("0000:01:00.0"), vendor: 0x8086, device: 0x10D3))
        #expect(device.description == "pci 0000:01:00.0")
        #expect(throws: NodeDeviceError.self) { try tree.devices.device(PCIAddress("0000:01:00.1")) }
    }

    /// What is plugged in has another identity as soon as its ids, serial number or port differ, but for a device with a serial
    /// number in another port.
    @Test func isKnownAgain() throws {
        let tree = try threeGadgets()
        let (first, second) = (
            try tree.devices.device(.port(try USBPort("3-1"))), try tree.devices.device(.port(try USBPort("4-1")))
        )
        #expect(try first.identity != second.identity)
        #expect(try first.identity.isSameOnOtherPort(as: second.identity))
        let other = try tree.devices.device(.port(try USBPort("3-2.4")))
        #expect(try !first.identity.isSameOnOtherPort(as: other.identity))
    }
}
