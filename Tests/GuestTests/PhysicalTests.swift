import TestHost
import Testing

/// Composite USB devices in containers: attached as a whole, compared, detached, and known again.
///
/// They run on the guest itself, whose sysfs shows the interfaces.
@Suite(.serialized, .exclusive(.scsiUnits)) struct PhysicalTests {
    private static let state = ["--state-dir", "/run/hostdev-physical"]

    private func run(_ arguments: String..., input: String = "", environment: [String: String] = [:]) throws
        -> CommandResult
    {
        try Program.run(arguments + Self.state, input: input, environment: environment)
    }

    /// A medium with one partition.
    private func medium() throws -> String {
        try sh("truncate -s 16M /tmp/medium; printf 'label: dos\\n,8M\\n' | sfdisk -q /tmp/medium")
        return "/tmp/medium"
    }

    /// A stick with a serial line, an interface and a disk, plugged in. Returns its name.
    private func plug(_ gadget: borrowing Gadget) throws -> String {
        try gadget.plug(
            awaiting: "*/tty/ttyACM*", "*/net/*", "*/host*/target*/*/block/sd*/sd*1", "*/host*/target*/*/bsg/*")
    }

    /// What the host has of a stick's interface, and the records that are left. Other tests move other interfaces meanwhile.
    private func dump(_ name: String) throws -> String {
        try sh(
            """
            for i in $(ls /sys/bus/usb/devices/\(name)/*/net); do ip -br link show $i; done
            find /run/hostdev-physical -type f 2>/dev/null || true
            """)
    }

    /// The first acceptance test: all of it.
    @Test(arguments: [false, true]) func allOfIt(userNamespace: Bool) throws {
        let stick = try Gadget("a", disk: try medium(), "acm", "ecm", "mass_storage")
        let name = try plug(stick)
        let number = try sh("printf '%03d' $(cat /sys/bus/usb/devices/\(name)/devnum)")
        let bus = try sh("printf '%03d' $(cat /sys/bus/usb/devices/\(name)/busnum)")
        let interface = try sh("ls /sys/bus/usb/devices/\(name)/*/net").trimmed
        let disk = try sh("basename /sys/bus/usb/devices/\(name)/*/host*/target*/*/block/sd*").trimmed
        let generic = try sh("basename /sys/bus/usb/devices/\(name)/*/host*/target*/*/scsi_generic/sg*").trimmed
        let before = try dump(name)
        let container = try TestContainer(.init(userNamespace: userNamespace))
        let devices = try container.sh("find /dev")

        let attach = try run("attach", container.reference, "--usb", "1209:0001")
        #expect(attach.status == 0, "\(attach)")
        #expect(attach.output.contains("attached usb 1209:0001 at bus"), "\(attach)")
        for node in ["bus/usb/\(bus)/\(number)", "ttyACM0", disk, "\(disk)1", generic] {
            #expect(try container.run(["sh", "-c", "exec 3</dev/\(node)"]).status == 0, "\(node)")
        }
        #expect(try container.sh("ip -br link").contains(interface))
        #expect(try !sh("ip -br link").contains("\(interface) "))
        let check = try run("check")
        #expect(check.status == 0, "\(check)")

        let list = try run("list")
        #expect(list.output.contains("1209:0001 \(name) (") && list.output.contains("├─  tty"), "\(list)")
        let json = try run("list", "--format", "json").output
        for part in [
            #""type":"usb""#, #""serial":"SN1""#, #""kind":"tty""#, #""path":"/dev/ttyACM0""#, #""kind":"net""#,
        ] {
            #expect(json.contains(part), "\(part) in \(json)")
        }
        let xml = try run("dumpxml", container.reference).output
        #expect(xml.contains("dev='\(Int(number) ?? 0)' port='1'"), "\(xml)")

        // A part goes with the whole.
        let part = try run("detach", container.reference, "--misc", "/dev/ttyACM0")
        #expect(part.status == 64 && part.errors.contains("is a part of usb 1209:0001"), "\(part)")
        // Another container gets neither the whole nor a part.
        let other = try TestContainer()
        for option in [
            ["--usb", "1209:0001"], ["--misc", "/dev/ttyACM0"], ["--scsi", generic], ["--storage", "/dev/\(disk)1"],
        ] {
            let taken = try Program.run(["attach", other.reference] + option + Self.state)
            #expect(taken.status == 75 && taken.errors.contains(container.reference), "\(option): \(taken)")
        }
        let apply = try run("apply", container.reference, "-", "--format", "json", input: xml)
        #expect(apply.output.contains(#""attached":[],"detached":[]"#), "\(apply)")

        let detach = try run("detach", container.reference, "--usb", "port:\(name)")
        #expect(detach.status == 0, "\(detach)")
        #expect(try container.sh("find /dev") == devices)
        #expect(try dump(name) == before)
        stick.end()
    }

    /// Of two alike the user says which, in each way.
    @Test func ambiguity() throws {
        let (one, other) = (try Gadget("a", "acm"), try Gadget("c", serial: "SN2", in: .second, "acm"))
        let (first, second) = (
            try one.plug(awaiting: "*/tty/ttyACM*"), try other.plug(awaiting: "*/tty/ttyACM*")
        )
        let container = try TestContainer()
        let several = try run("attach", container.reference, "--usb", "1209:0001")
        #expect(several.status == 64)
        for part in ["port \(first), serial SN1", "port \(second), serial SN2", "port:\(first)"] {
            #expect(several.errors.contains(part), "\(several)")
        }
        let address = try sh("cd /sys/bus/usb/devices/\(second); echo $(cat busnum):$(cat devnum)").trimmed
        for option in ["1209:0001:SN2", address, "port:\(second)"] {
            let attach = try run("attach", container.reference, "--usb", option)
            #expect(attach.status == 0, "\(attach)")
            #expect(try run("list").output.contains("1209:0001 \(second) ("))
            #expect(try run("detach", container.reference, "--usb", option).status == 0)
        }
        // Without the power over the whole device.
        #expect(try run("attach", container.reference, "--usb", "port:\(first)", "--except", "usb").status == 0)
        #expect(try container.sh("find /dev -type c") == "/dev/ttyACM0\n")
        #expect(try run("detach", container.reference, "--all").status == 0)
        one.end()
        other.end()
    }

    /// Unplugged and plugged in again, it is the container's; a stranger in the port is not, unless the port was named.
    @Test func replug() throws {
        let own = try Gadget("a", disk: try medium(), "acm", "ecm", "mass_storage")
        let stranger = try Gadget("b", product: "0002", "acm")
        let name = try plug(own)
        let container = try TestContainer(.init(userNamespace: true))
        let devices = try container.sh("find /dev")
        #expect(try run("attach", container.reference, "--usb", "1209:0001").status == 0)
        let inside = try container.sh("ip -br link | grep -v ^lo | cut -d' ' -f1").trimmed

        try own.unplug()
        let left = try run("recover")
        #expect(left.output.contains("until it is back"), "\(left)")
        #expect(try container.sh("find /dev") == devices)
        #expect(try run("list").output.contains(" away "))
        try stranger.plug(awaiting: "*/tty/ttyACM*")
        #expect(try run("recover").output == "")
        #expect(try container.sh("find /dev") == devices)
        try stranger.unplug()

        _ = try plug(own)
        let back = try run("recover")
        #expect(back.status == 0 && back.output.contains("attached usb 1209:0001"), "\(back)")
        let number = try sh(
            "printf '%03d/%03d' $(cat /sys/bus/usb/devices/\(name)/busnum /sys/bus/usb/devices/\(name)/devnum)")
        #expect(try container.sh("ls /dev/bus/usb/*/*") == "/dev/bus/usb/\(number)\n")
        #expect(try container.run(["sh", "-c", "exec 3<>/dev/ttyACM0"]).status == 0)
        #expect(try container.sh("ip -br link").contains("\(inside) "))
        let check = try run("check")
        #expect(check.status == 0, "\(check)")
        let detach = try run("detach", container.reference, "--usb", "1209:0001")
        #expect(detach.status == 0, "\(detach)")
        #expect(try container.sh("find /dev") == devices)
        #expect(try sh("ls /sys/bus/usb/devices/\(name)/*/net") != "")
        try own.unplug()

        try stranger.plug(awaiting: "*/tty/ttyACM*")
        #expect(try run("attach", container.reference, "--usb", "port:\(name)").status == 0)
        try stranger.unplug()
        _ = try plug(own)
        #expect(try run("recover").status == 0)
        #expect(try run("list").output.contains("1209:0001 \(name) ("))
        #expect(try container.sh("ls /dev").contains("ttyACM0"))
        #expect(try run("detach", container.reference, "--all").status == 0)
        #expect(try container.sh("find /dev") == devices)
        own.end()
        stranger.end()
    }

    /// A driver that is loaded late, and a medium that goes and comes.
    @Test func driverAndMedium() throws {
        let stick = try Gadget("a", disk: try medium(), "acm", "mass_storage")
        try sh("modprobe -r cdc_acm")
        let name = try stick.plug(awaiting: "*/host*/target*/*/block/sd*/sd*1")
        try sh("modprobe -r cdc_acm 2>/dev/null || true")
        let disk = try sh("basename /sys/bus/usb/devices/\(name)/*/host*/target*/*/block/sd*").trimmed
        let container = try TestContainer()
        #expect(try run("attach", container.reference, "--usb", "1209:0001").status == 0)
        #expect(try !container.sh("ls /dev").contains("ttyACM0"))
        try sh("modprobe cdc_acm; until [ -c /dev/ttyACM0 ]; do sleep 0.05; done")
        #expect(try run("recover").status == 0)
        #expect(try container.run(["sh", "-c", "exec 3<>/dev/ttyACM0"]).status == 0)
        try sh("modprobe -r cdc_acm")
        #expect(try run("recover").status == 0)
        #expect(try !container.sh("ls /dev").contains("ttyACM0"))

        try sh(
            """
            echo 1 > /sys/kernel/config/usb_gadget/a/functions/mass_storage.a/lun.0/forced_eject
            until ! [ -e /dev/\(disk)1 ]; do blockdev --rereadpt /dev/\(disk) 2>/dev/null || true; sleep 0.1; done
            """)
        #expect(try run("recover").status == 0)
        #expect(try !container.sh("ls /dev").contains("\(disk)1"))
        try sh(
            """
            echo /tmp/medium > /sys/kernel/config/usb_gadget/a/functions/mass_storage.a/lun.0/file
            until [ -e /dev/\(disk)1 ]; do blockdev --rereadpt /dev/\(disk) 2>/dev/null || true; sleep 0.1; done
            """)
        #expect(try run("recover").status == 0)
        #expect(try container.run(["sh", "-c", "exec 3</dev/\(disk)1"]).status == 0)
        #expect(try run("detach", container.reference, "--all").status == 0)
        stick.end()
    }

    /// What the host needs stays on it.
    @Test func guards() throws {
        let stick = try Gadget("a", disk: try medium(), "acm", "mass_storage")
        let name = try stick.plug(awaiting: "*/tty/ttyACM*", "*/host*/target*/*/block/sd*/sd*1")
        let disk = try sh("basename /sys/bus/usb/devices/\(name)/*/host*/target*/*/block/sd*").trimmed
        let container = try TestContainer()
        try sh("mkswap /dev/\(disk)1; swapon /dev/\(disk)1")
        let used = try run("attach", container.reference, "--usb", "1209:0001")
        #expect(used.status == 75 && used.errors.contains("disk-in-use"), "\(used)")
        // Through the device's node the container would reach the disk.
        #expect(try run("attach", container.reference, "--usb", "1209:0001", "--except", "storage,scsi").status == 75)
        #expect(try run("attach", container.reference, "--usb", "1209:0001", "--only", "tty").status == 0)
        #expect(try run("detach", container.reference, "--all").status == 0)
        try sh("swapoff /dev/\(disk)1")

        let bus = try sh("cat /sys/bus/usb/devices/\(name)/busnum").trimmed
        let hub = try run("attach", container.reference, "--usb", "\(bus):1")
        #expect(hub.status == 1 && hub.errors.contains("root hub") && hub.errors.contains(name), "\(hub)")
        let bridge = try sh("basename $(dirname $(readlink -f /sys/bus/pci/drivers/e1000e/0000*))").trimmed
        let port = try run("attach", container.reference, "--pci", bridge)
        #expect(port.errors.contains("is a bridge") && port.errors.contains("--pci 0000:"), "\(port)")

        let program = try RunningCommand(["sh", "-c", "exec 3<>/dev/ttyACM0; echo open; exec sleep 10000"])
        for _ in 0..<12_000 where !program.outputSoFar.contains("open") { try sh("sleep 0.01") }
        let held = try run("attach", container.reference, "--usb", "1209:0001")
        #expect(held.errors.contains("(held)"), "\(held)")
        program.end()
        stick.end()
    }

    /// A card by its address, and a host adapter with its units.
    @Test func functions() throws {
        let container = try TestContainer()
        let adapter = try sh("basename $(readlink -f /sys/bus/pci/drivers/megaraid_sas/0000*)").trimmed
        let unit = try sh("basename /sys/bus/pci/devices/\(adapter)/host*/target*/*/scsi_generic/sg*").trimmed
        let attach = try run("attach", container.reference, "--pci", adapter)
        #expect(attach.status == 0, "\(attach)")
        #expect(try container.run(["sh", "-c", "exec 3<>/dev/\(unit)"]).status == 0)
        #expect(try run("list").output.contains(adapter))
        #expect(try run("check").status == 0)
        #expect(try run("detach", container.reference, "--pci", adapter).status == 0)
        #expect(try container.sh("find /dev") == "/dev\n/dev/null\n")
    }
}
