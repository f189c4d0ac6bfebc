import HostdevModel
import Testing

/// The syntax of `mode='bus'`.
@Suite struct BusTests {
    /// The contents of the source of a USB device, and the source.
    @Test(arguments: [
        // decimal, as HAL has it
        ("<vendor id='1155'/><product id='8214'/>", USBDevice.Source.id(try USBID("0483:2016"), at: nil)),
        ("<product id='08214'/><vendor id='01155'/>", .id(try USBID("0483:2016"), at: nil)),  // leading zeros
        ("<vendor id='0x0483'/><product id='0x2016'/>", .id(try USBID("0483:2016"), at: nil)),
        ("<vendor id='1'/><product id='0'/>", .id(try USBID("0001:0000"), at: nil)),  // product 0 is one
        ("<address bus='003' dev='005'/>", .address(try USBAddress("003:005"))),
        ("<address bus='010' dev='010'/>", .address(try USBAddress("010:010"))),  // not octal
        ("<address bus='0x0a' dev='0x7F'/>", .address(try USBAddress("010:127"))),
        // the address of the device that was chosen
        (
            "<vendor id='1155'/><product id='8214'/><address bus='3' dev='5'/>",
            .id(try USBID("0483:2016"), at: try USBAddress("003:005"))
        ),
        (
            "<vendor id='0x0483'/><product id='0x2016'/><serial value='A50285BI'/>",
            .id(try USBID("0483:2016"), serial: try USBSerial("A50285BI"), at: nil)
        ),
        (
            "<address bus='3' dev='6' port='1.2' controller='0000:00:0a.0'/>",
            .address(try USBAddress(bus: 3, device: 6, port: "1.2", controller: PCIAddress("0000:00:0a.0")))
        ),
        ("<address bus='3' port='1.2'/>", .port(try USBPort("3-1.2"))),
        ("<address port='1.2' controller='0000:00:0a.0'/>", .port(try USBPort("pci-0000:00:0a.0-usb-0:1.2"))),
    ]) func readsUSB(xml: String, source: USBDevice.Source) throws {
        let hostdev = try readHostdev("<hostdev mode='bus' bus='usb'><source>\(xml)</source></hostdev>")
        #expect(hostdev == Hostdev(.usb(USBDevice(source: source))))
    }

    @Test(arguments: [
        ("only='usb tty'", LogicalKinds.only([.usb, .tty])), ("except='net'", .except([.net])), ("", .all),
    ]) func readsKinds(attributes: String, kinds: LogicalKinds) throws {
        let xml = "<source><address bus='3' dev='5'/></source><target \(attributes)/>"
        let usb = try readHostdev("<hostdev mode='bus' bus='usb'>\(xml)</hostdev>")
        #expect(usb == Hostdev(.usb(USBDevice(source: .address(try USBAddress("3:5")), kinds: kinds))))
    }

    /// The attributes of the address of a PCI function, and the address.
    @Test(arguments: [
        ("domain='0000' bus='00' slot='16' function='3'", "0000:00:16.3"),  // hexadecimal without a 0x
        ("domain='0x0000' bus='0x00' slot='0x16' function='0x3'", "0000:00:16.3"),
        ("bus='00' slot='16' function='3'", "0000:00:16.3"),  // domain 0 is what most machines have
        ("domain='10000' bus='e1' slot='1F' function='7'", "10000:e1:1f.7"),
        ("type='pci' domain='0' bus='0' slot='0' function='0'", "0000:00:00.0"),
    ]) func readsPCI(attributes: String, address: String) throws {
        let hostdev = try readHostdev(
            "<hostdev mode='bus' bus='pci'><source><address \(attributes)/></source></hostdev>")
        #expect(try hostdev == Hostdev(.pci(PCIDevice(source: PCIAddress(address)))))
    }
}
