import HostdevModel
import Testing

/// Values of numbers: what they accept, how they are written, and what they refuse.
@Suite struct NumericValueTests {
    @Test(arguments: [
        ("00:13:02:b9:f9:d3", "00:13:02:b9:f9:d3"),
        ("00:13:02:B9:F9:D3", "00:13:02:b9:f9:d3"),
    ]) func readsMACAddress(text: String, written: String) throws {
        let address = try MACAddress(text)
        #expect(address.description == written)
        #expect(address.bytes == [0, 0x13, 0x02, 0xB9, 0xF9, 0xD3])
        #expect(try MACAddress(bytes: address.bytes) == address)
    }

    @Test(arguments: [
        "", "00:13:02:b9:f9", "00:13:02:b9:f9:d3:00", "0:13:02:b9:f9:d3", "00-13-02-b9-f9-d3", "001302b9f9d3",
        "00:13:02:b9:f9:dg", "00:13:02:b9:f9:+3", " 00:13:02:b9:f9:d3", "000:13:02:b9:f9:d3",
    ]) func refusesMACAddress(text: String) {
        #expect(throws: InvalidValue.self) { try MACAddress(text) }
    }

    @Test(arguments: [
        ("02:00:00:00:00:01", true),
        ("00:00:00:00:00:00", false),
        ("01:00:5e:00:00:01", false),  // a group
        ("ff:ff:ff:ff:ff:ff", false),
    ]) func knowsAddressesOfOneInterface(text: String, isUnicast: Bool) throws {
        #expect(try MACAddress(text).isUnicast == isUnicast)
    }

    @Test func refusesOtherNumbersOfBytes() {
        #expect(throws: InvalidValue.self) { try MACAddress(bytes: [1, 2, 3]) }
    }

    @Test(arguments: ["68", "1500", "9000", "65536", "2147483647"]) func readsMTU(text: String) throws {
        #expect(try MTU(text).description == text)
        #expect(try MTU(MTU(text).value) == MTU(text))
    }

    @Test(arguments: ["", "67", "0", "-1", "+1500", "2147483648", "4294967297", "1500 ", "0x5dc", "1.5"])
    func refusesMTU(text: String) {
        #expect(throws: InvalidValue.self) { try MTU(text) }
    }

    @Test(arguments: [
        ("2:0:0:3", "2:0:0:3"),
        ("02:00:00:03", "2:0:0:3"),  // leading zeros mean nothing
        ("4294967295:0:0:18446744073709551615", "4294967295:0:0:18446744073709551615"),  // the kernel's types
    ]) func readsSCSIAddress(text: String, written: String) throws {
        #expect(try SCSIAddress(text).description == written)
    }

    @Test(arguments: [
        "", "2:0:0", "2:0:0:3:4", "2:0:0:", "2:0:0:-1", "2:0:0:x", "2:0:0:0x3", "4294967296:0:0:0", "[2:0:0:3]",
    ])
    func refusesSCSIAddress(text: String) {
        #expect(throws: InvalidValue.self) { try SCSIAddress(text) }
    }

    @Test(arguments: [
        ("0000:00:16.3", "0000:00:16.3"),
        ("00:16.3", "0000:00:16.3"),  // as lspci prints domain 0
        ("10000:e1:1f.7", "10000:e1:1f.7"),  // a domain that Linux made up
        ("0:0:0.0", "0000:00:00.0"),
        ("ABCD:EF:1F.0", "abcd:ef:1f.0"),
    ]) func readsPCIAddress(text: String, written: String) throws {
        #expect(try PCIAddress(text).description == written)
    }

    @Test(arguments: [
        "", "00:20.0", "00:16.8", "100:16.0:0", "00:16", "16.3", "0:0:0:16.3", "00:16.3.1", "00:16.-1",
        "100000000:00:16.3",
    ])
    func refusesPCIAddress(text: String) {
        #expect(throws: InvalidValue.self) { try PCIAddress(text) }
    }

    @Test func refusesPCINumbers() {
        #expect(throws: InvalidValue.self) { try PCIAddress(bus: 0, slot: 0x20, function: 0) }
        #expect(throws: InvalidValue.self) { try PCIAddress(bus: 0, slot: 0, function: 8) }
    }

    @Test(arguments: [("003:005", "003:005"), ("3:5", "003:005"), ("999:127", "999:127")])
    func readsUSBAddress(text: String, written: String) throws {
        #expect(try USBAddress(text).description == written)
    }

    @Test(arguments: ["3-1", "3-1.2", "999-255.1.4", "pci-0000:00:0a.0-usb-0:1.2"]) func readsUSBPort(text: String)
        throws
    {
        #expect(try USBPort(text).description == text)
    }

    @Test(arguments: [
        "", "3", "3-", "-1", "3-0", "3-01", "3-1.", "3-256", "1000-1", "3-1.2.3.4.5.6.7.8", "pci-x-usb-0:1", "3-1:1.0",
        "usb3", "pci-0000:00:0a.0-usb-1:1.2",
    ]) func refusesUSBPort(text: String) { #expect(throws: InvalidValue.self) { try USBPort(text) } }

    @Test(arguments: ["", "3", "0:5", "3:0", "3:128", "1000:5", "3:5:1", "3:a"]) func refusesUSBAddress(text: String) {
        #expect(throws: InvalidValue.self) { try USBAddress(text) }
    }

    @Test func refusesUSBNumbers() {
        #expect(throws: InvalidValue.self) { try USBAddress(bus: 0, device: 5) }
        #expect(throws: InvalidValue.self) { try USBAddress(bus: 3, device: 128) }
        #expect(throws: InvalidValue.self) { try USBID(vendor: 0, product: 1) }
    }

    @Test(arguments: [("0483:2016", "0483:2016"), ("483:0", "0483:0000"), ("FFFF:ffff", "ffff:ffff")])
    func readsUSBID(text: String, written: String) throws {
        #expect(try USBID(text).description == written)
    }

    @Test(arguments: ["", "0483", "0:2016", "10000:0", "0483:10000", "0483:", "0x483:0"]) func refusesUSBID(
        text: String
    ) {
        #expect(throws: InvalidValue.self) { try USBID(text) }
    }
}
