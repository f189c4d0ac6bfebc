internal import ArgumentParser
internal import HostdevModel
internal import Passthrough

/// The options that name physical devices, such as `--usb 0403:6001` and `--pci 0000:01:00.0`.
struct PhysicalOptions: FastParsable {
    @Option(
        help: ArgumentHelp(
            "A USB device: vendor and product id with a serial number or without, bus and device number, or port.",
            valueName: "0403:6001[:SERIAL] | 3:6 | port:3-1.2"))
    var usb: [String] = []

    @Option(help: ArgumentHelp("A PCI function: its address.", valueName: "0000:00:16.3"))
    var pci: [String] = []

    var isEmpty: Bool { usb.isEmpty && pci.isEmpty }

    mutating func parse(_ arguments: inout FastArguments) throws {
        usb = try arguments.values("--usb")
        pci = try arguments.values("--pci")
    }

    /// Returns the sources that the values of `--usb` describe.
    func usbSources() throws(PassthroughError) -> [USBDevice.Source] {
        try usb.map { text throws(PassthroughError) in
            if let source = try Self.source(text) { return source }
            throw DeviceOptions.usage(
                "--usb",
                "'\(text)' is neither vendor and product of four hexadecimal digits each, such as 0483:2016, nor bus and "
                    + "device of at most three decimal digits each, such as 3:6, nor a port, such as port:3-1.2")
        }
    }

    /// Returns the addresses that the values of `--pci` describe.
    func pciAddresses() throws(PassthroughError) -> [PCIAddress] {
        try pci.map { text throws(PassthroughError) in
            try DeviceOptions.parsed("--pci") { () throws(InvalidValue) in try PCIAddress(text) }
        }
    }

    /// Parses a USB device. An id has four hexadecimal digits on both sides of the colon, an address at most three decimal
    /// digits: both as lsusb(8) prints them. Returns nil for anything else.
    private static func source(_ text: String) throws(PassthroughError) -> USBDevice.Source? {
        let port = "port:"
        let words = text.utf8.split(separator: UInt8(ascii: ":"), maxSplits: 2, omittingEmptySubsequences: false)
        if text.utf8.starts(with: port.utf8) {
            return .port(
                try DeviceOptions.parsed("--usb") { () throws(InvalidValue) in
                    try USBPort(Substring(text.utf8.dropFirst(port.utf8.count)))
                })
        }
        guard words.count >= 2, words[0].count == 4, words[1].count == 4 else {
            let address = text.utf8.map { $0 == UInt8(ascii: "/") ? UInt8(ascii: ":") : $0 }
            guard address.count <= 7 else { return nil }
            return (try? USBAddress(String(decoding: address, as: UTF8.self))).map(USBDevice.Source.address)
        }
        guard let id = try? USBID("\(Substring(words[0])):\(Substring(words[1]))") else { return nil }
        guard words.count > 2 else { return .id(id, at: nil) }
        return .id(
            id,
            serial: try DeviceOptions.parsed("--usb") { () throws(InvalidValue) in try USBSerial(Substring(words[2])) },
            at: nil)
    }
}
