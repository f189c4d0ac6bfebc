import TestHost
import Testing

/// What is plugged into a port of which a container has something: it gets what was attached, and nothing of a stranger.
@Suite(.serialized, .exclusive(.scsiUnits)) struct USBPortTests {
    /// The node through which programs control the whole device is named by its number on the bus, which is another each time.
    @Test func theDeviceItselfIsFollowed() throws {
        try onThrowawayHost {
            let own = try Gadget("a", "acm")
            let stranger = try Gadget("b", product: "0002", "acm")
            let name = try own.plug(awaiting: "*/tty/ttyACM*")
            func node() throws -> String {
                "/dev/" + (try sh("sed -n s/DEVNAME=//p /sys/bus/usb/devices/\(name)/uevent")).trimmed
            }
            let first = try node()
            let container = try TestContainer()
            let attach = try Program.run(
                "attach", container.reference, "--misc", first, "--misc", "/dev/ttyACM0:/dev/modem")
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("find /dev -type c | sort") == "\(first)\n/dev/modem\n")

            // Another product in the same port, with the same serial number, under the same name.
            try own.unplug()
            try stranger.plug(awaiting: "*/tty/ttyACM*")
            let recover = try Program.run("recover")
            #expect(recover.output.contains("until it is back"), "\(recover)")
            #expect(try container.sh("find /dev -type c") == "")
            #expect(try Program.run("recover").output == "")
            #expect(try container.sh("find /dev -type c") == "")
            try stranger.unplug()

            try own.plug(awaiting: "*/tty/ttyACM*")
            let again = try node()
            #expect(again != first)
            let back = try Program.run("recover")
            #expect(back.status == 0, "\(back)")
            #expect(try container.sh("find /dev -type c | sort") == "\(again)\n/dev/modem\n")
            let number = try sh("stat -c %t:%T \(again)")
            #expect(try container.sh("stat -c %t:%T \(again)") == number)
            #expect(try container.run(["sh", "-c", "exec 3<>\(again)"]).status == 0)
            #expect(try Program.run("check").status == 0)
            let detach = try Program.run("detach", container.reference, "--misc", first, "--misc", "/dev/modem")
            #expect(detach.status == 0, "\(detach)")
            #expect(try container.sh("find /dev") == "/dev\n/dev/null\n")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Of two that differ by their serial numbers alone, the container gets its own, in whichever port it is.
    @Test func theSerialNumberTells() throws {
        try onThrowawayHost {
            let own = try Gadget("a", "acm")
            let other = try Gadget("c", serial: "SN2", "acm")
            try own.plug(awaiting: "*/tty/ttyACM*")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "--misc", "/dev/ttyACM0").status == 0)
            try own.unplug()
            try other.plug(awaiting: "*/tty/ttyACM*")
            #expect(try Program.run("recover").output.contains("until it is back"))
            own.end()
            // In the other port, and under another number.
            let moved = try Gadget("d", in: .second, "acm")
            try moved.plug(awaiting: "*/tty/ttyACM*")
            let back = try Program.run("recover")
            #expect(back.output.contains("attached ttyACM1 to"), "\(back)")
            #expect(try container.sh("stat -c %t:%T /dev/ttyACM0") == "a6:1\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }
}
