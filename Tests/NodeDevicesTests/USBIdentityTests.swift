import Glibc
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// What parts of USB devices are, on a sysfs that was made for it: no machine has all of these.
@Suite struct USBIdentityTests {
    /// One plugging of adapters: which ports of the bus they are in, what they say, and the numbers that their parts got.
    struct Plug: Sendable {
        var port = "1-1"
        var product = "0403:6001"
        var serial = "A1"
        /// Parts with their numbers, `1.0/ttyUSB0/tty/ttyUSB0 188:0`; a number alone is the device's own.
        var parts = ["1.0/ttyUSB0/tty/ttyUSB0 188:0"]
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let before: [Plug]
        let after: [Plug]
        /// The number of what was `188:0` at first, when it is back.
        let back: String?
    }

    @Test(arguments: [
        Case(
            testDescription: "another number", before: [Plug()],
            after: [Plug(parts: ["1.0/ttyUSB1/tty/ttyUSB1 188:1"])], back: "188:1"),
        Case(testDescription: "another serial number", before: [Plug()], after: [Plug(serial: "A2")], back: nil),
        Case(testDescription: "another product", before: [Plug()], after: [Plug(product: "067b:2303")], back: nil),
        Case(testDescription: "no serial number any more", before: [Plug()], after: [Plug(serial: "")], back: nil),
        Case(
            testDescription: "another port", before: [Plug()],
            after: [Plug(port: "1-2", parts: ["1.0/ttyUSB3/tty/ttyUSB3 188:3"])], back: "188:3"),
        Case(
            testDescription: "another port, without a serial number", before: [Plug(serial: "")],
            after: [Plug(port: "1-2", serial: "")], back: nil),
        Case(
            testDescription: "the same port, without a serial number", before: [Plug(serial: "")],
            after: [Plug(serial: "", parts: ["1.0/ttyUSB7/tty/ttyUSB7 188:7"])], back: "188:7"),
        Case(
            testDescription: "two of one serial number: that in its port",
            before: [Plug(), Plug(port: "1-2", parts: ["1.0/ttyUSB1/tty/ttyUSB1 188:1"])],
            after: [
                Plug(parts: ["1.0/ttyUSB2/tty/ttyUSB2 188:2"]),
                Plug(port: "1-2", parts: ["1.0/ttyUSB1/tty/ttyUSB1 188:1"]),
            ], back: "188:2"),
        Case(
            testDescription: "two of one serial number in other ports", before: [Plug()],
            after: [
                Plug(port: "1-2", parts: ["1.0/ttyUSB1/tty/ttyUSB1 188:1"]),
                Plug(port: "1-3", parts: ["1.0/ttyUSB2/tty/ttyUSB2 188:2"]),
            ], back: nil),
        Case(
            testDescription: "one of several interfaces",
            before: [Plug(parts: ["1.0/ttyUSB0/tty/ttyUSB0 188:0", "1.1/ttyUSB1/tty/ttyUSB1 188:1"])],
            after: [Plug(parts: ["1.0/ttyUSB5/tty/ttyUSB5 188:5", "1.1/ttyUSB4/tty/ttyUSB4 188:4"])], back: "188:5"),
        Case(
            testDescription: "one of several in one interface",
            before: [Plug(parts: ["1.0/ttyUSB0/tty/ttyUSB0 188:0", "1.0/ttyUSB1/tty/ttyUSB1 188:1"])],
            after: [Plug(parts: ["1.0/ttyUSB9/tty/ttyUSB9 188:9", "1.0/ttyUSB10/tty/ttyUSB10 188:10"])], back: "188:9"),
        Case(
            testDescription: "the device itself, under another number", before: [Plug(parts: ["188:0"])],
            after: [Plug(parts: ["188:1"])], back: "188:1"),
        Case(
            testDescription: "another product of that serial number, in the port of the device itself",
            before: [Plug(parts: ["188:0"])], after: [Plug(product: "0403:6015", parts: ["188:1"])], back: nil),
        Case(
            testDescription: "the device itself is none of its parts",
            before: [Plug(parts: ["188:0", "1.0/ttyUSB0/tty/ttyUSB0 188:7"])],
            after: [Plug(parts: ["1.0/ttyUSB0/tty/ttyUSB0 188:0", "188:9"])], back: "188:9"),
        Case(
            testDescription: "a serial number that looks like a place",
            before: [Plug(serial: "A at /devices/x")], after: [Plug(serial: "A at /devices/y")], back: nil),
    ])
    func isKnownAgain(what: Case) throws {
        try onSysfs { sysfs in
            try plug(what.before, in: sysfs)
            let nodes = DeviceNodes(sysfs: FilePath(sysfs))
            let identity = try nodes.identity(of: DeviceNumber(.character, 188, 0))
            let overlaps = try what.before.flatMap(\.parts).filter {
                try nodes.identity(of: Self.number($0)).overlaps(identity)
            }
            #expect(overlaps.count == 1, "no two are one device")
            try plug(what.after, in: sysfs)
            // The node itself is not there: what would be looked for is.
            let found = try what.after.flatMap(\.parts).filter { part in
                let now = try nodes.identity(of: Self.number(part))
                return now == identity || now.isSameOnOtherPort(as: identity)
            }
            let inPlace = try found.filter { try nodes.matches(identity, Self.number($0)) }
            let candidates = inPlace.isEmpty ? found : inPlace
            #expect(
                (candidates.count == 1 ? candidates[0].split(separator: " ").last.map(String.init) : nil) == what.back)
        }
    }

    /// what records of 0.1.0 have is the device still.
    @Test func theFormerIdentity() throws {
        try onSysfs { sysfs in
            try plug([Plug()], in: sysfs)
            let nodes = DeviceNodes(sysfs: FilePath(sysfs))
            let former = DeviceIdentity("\(sysfs)/devices/pci0/usb1/1-1/1-1:1.0/ttyUSB0/tty/ttyUSB0")
            #expect(try nodes.matches(former, DeviceNumber(.character, 188, 0)))
            #expect(try nodes.identity(of: DeviceNumber(.character, 188, 0)) != former)
        }
    }

    private static func number(_ part: String) -> DeviceNumber {
        let numbers = (part.split(separator: " ").last ?? "").split(separator: ":").compactMap { UInt32($0) }
        return DeviceNumber(.character, numbers[0], numbers[1])
    }

    private func onSysfs(_ body: (String) throws -> Void) throws {
        var template = Array("/tmp/hostdev-sysfs-XXXXXX".utf8CString)
        let root = unsafe String(cString: mkdtemp(&template))
        defer { unsafe _ = system("rm -rf '\(root)'") }
        try body(root)
    }

    private func plug(_ plugs: [Plug], in sysfs: String) throws {
        var script = "set -e; cd '\(sysfs)'; rm -rf devices dev; mkdir -p dev/char bus/scsi/devices\n"
        for plug in plugs {
            let device = "devices/pci0/usb1/\(plug.port)"
            let ids = plug.product.split(separator: ":")
            script += "mkdir -p \(device); echo \(ids[0]) > \(device)/idVendor; echo \(ids[1]) > \(device)/idProduct\n"
            if !plug.serial.isEmpty { script += "echo '\(plug.serial)' > \(device)/serial\n" }
            for part in plug.parts {
                let fields = part.split(separator: " ")
                let directory = fields.count > 1 ? "\(device)/\(plug.port):\(fields[0])" : device
                script += "mkdir -p \(directory); ln -s ../../\(directory) dev/char/\(fields[fields.count - 1])\n"
            }
        }
        #expect(unsafe system("bash -c \"$(cat <<'END'\n\(script)\nEND\n)\"") == 0)
    }
}
