internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// A part of a USB device, such as one with a device node, whatever numbers the kernel gives it. Another device in the same
/// port, with another product or serial number, is not the same.
///
/// Linux, `Documentation/ABI/stable/sysfs-bus-usb`: `idVendor`, `idProduct`, `serial`.
struct USBPart {
    /// The directory of the USB device, whose path contains the port.
    private let device: FilePath
    /// The names of the directories from the device down to the part, beginning with its interface.
    private let names: [String]

    /// The part whose directory in sysfs that is, as it is without links. Nil where no USB device is above it.
    init?(directory: FilePath) throws(SystemError) {
        var above = directory
        var below: [String] = []
        while let name = above.lastComponent, try !exists(above.appending("idVendor")) {
            below.insert(name.string, at: 0)
            above.removeLastComponent()
        }
        guard above.lastComponent != nil else { return nil }
        device = above
        names = below
    }

    /// The path of the part below the device, with `#` for numbers that the kernel assigns: `1.0/ttyUSB#/tty/ttyUSB#`.
    private var place: String {
        // The name of an interface ends with numbers of the device's own: `1-2:1.0` is configuration 1, interface 0.
        let interface = names.first.map { [$0.halves(at: ":").map { String($0.behind) } ?? numberless($0)] } ?? []
        return (interface + names.dropFirst().map(numberless)).joined(separator: "/")
    }

    /// What the device says of itself: `usb 0403:6001 serial A50285BI`. Whether it says a serial number comes first behind the
    /// numbers, whatever the rest is.
    private func product() throws(SystemError) -> String {
        let serial = try attribute(device.appending("serial"))?.trimmed
        let ids = try ["idVendor", "idProduct"].map { name throws(SystemError) in
            try attribute(device.appending(name))?.trimmed ?? ""
        }
        return "usb \(ids[0]):\(ids[1]) " + (serial.map { "serial \($0)" } ?? "without serial")
    }

    /// Returns the identity of a part of the device that some words describe.
    func identity(of part: String) throws(SystemError) -> DeviceIdentity {
        DeviceIdentity("\(try product()) \(part) at \(device.byteString)")
    }

    /// Returns the identity of this part.
    func identity() throws(SystemError) -> DeviceIdentity { try identity(of: "part \(place) \(ordinal())") }

    /// Returns what tells it from others with the same path, such as the ports of one adapter: the number that its driver
    /// reports, or its position among them.
    private func ordinal() throws(SystemError) -> String {
        let directory = names.reduce(device) { $0.appending($1) }
        for folder in [directory, directory.appending("device")] {
            for file in ["index", "port_number"] {
                if let number = try attribute(folder.appending(file)) { return number.trimmed }
            }
        }
        // A longer name has a larger number.
        let sorted = try twins().map { way in way.map { ($0.utf8.count, ByteString($0)) } }.sorted { one, other in
            one.lexicographicallyPrecedes(other) { $0 < $1 }
        }
        let own = names.map { ByteString($0) }
        return "\(sorted.firstIndex { $0.map(\.1) == own } ?? 0)"
    }

    /// Returns the parts with the same path, each by the names that lead to it.
    private func twins() throws(SystemError) -> [[String]] {
        guard let interface = names.first else { return [] }
        var found = [[interface]]
        for name in names.dropFirst() {
            var longer: [[String]] = []
            for way in found {
                let directory = way.reduce(device) { $0.appending($1) }
                let entries = try ifThere { () throws(SystemError) in try kernelDirectories(in: directory) } ?? []
                longer += entries.filter { numberless($0) == numberless(name) }.map { way + [$0] }
            }
            found = longer
        }
        return found
    }
}

/// Returns a text with `#` for each number.
private func numberless(_ text: String) -> String {
    var shown: [UInt8] = []
    for byte in text.utf8 {
        if !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            shown.append(byte)
        } else if shown.last != UInt8(ascii: "#") {
            shown.append(UInt8(ascii: "#"))
        }
    }
    return ByteString(bytes: shown).text
}
