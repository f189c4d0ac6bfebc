import TestHost
import Testing

/// A serial adapter that is unplugged while a container has it, and what is plugged into its port then.
@Suite(.serialized, .exclusive(.scsiUnits)) struct USBSerialTests {
    /// Plugs an adapter into the port, and waits for its node; says which that is.
    private func plug(serial: String, _ options: String = "") throws -> String {
        try sh(
            """
            modprobe ftdi_sio
            nsenter --target 1 --mount guest-monitor device_add usb-serial,id=serial0,bus=usb.0,port=3,chardev=line0,always-plugged=on,serial=\(serial)\(options) >&2
            until n=$(basename $(ls -d /sys/bus/usb-serial/devices/ttyUSB*/tty/ttyUSB* 2>/dev/null | tail -1)) \
                && [ -c /dev/$n ] && ! [ -e /run/udev/queue ]; do sleep 0.1; done
            echo $n
            """
        ).replacing("\n", with: "")
    }

    private func unplug() throws {
        try sh(
            """
            nsenter --target 1 --mount guest-monitor device_del serial0 >&2
            while ls /sys/bus/usb-serial/devices/ttyUSB* 2>/dev/null | grep -q .; do sleep 0.1; done
            """)
    }

    @Test func comesBackUnderAnotherNumber() throws {
        try onThrowawayHost {
            let name = try plug(serial: "A1")
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "--misc", "/dev/\(name)")
            #expect(attach.status == 0, "\(attach)")
            // Who has it open keeps its number from the next.
            // An open that may wait waits for whoever is at the other end.
            let program = try RunningCommand([
                "nsenter", "--target", "\(container.id)", "--all", "perl", "-MFcntl", "-e",
                "$| = 1; sysopen(F, '/dev/\(name)', O_RDWR | O_NONBLOCK) or die $!; print 'open'; sleep 10000",
            ])
            for _ in 0..<12_000 where !program.outputSoFar.contains("open") { try sh("sleep 0.01") }
            try unplug()
            #expect(try Program.run("recover").output.contains("until it is back"))
            #expect(try container.sh("ls /dev") == "null\n")

            // Another adapter in the same port is somebody else's.
            let other = try plug(serial: "B2")
            #expect(other != name)
            #expect(try Program.run("recover").output == "")
            #expect(try Program.run("list").output.contains(" away "))
            #expect(try container.sh("ls /dev") == "null\n")
            try unplug()

            let again = try plug(serial: "A1")
            #expect(again != name)
            let back = try Program.run("recover")
            #expect(back.output.contains("attached \(again) to"), "\(back)")
            let number = try sh("stat -c %t:%T /dev/\(again)")
            #expect(try container.sh("stat -c %t:%T /dev/\(name)") == number)
            #expect(try container.run(["stty", "-F", "/dev/\(name)"]).status == 0)
            #expect(try Program.run("check").status == 0)
            #expect(try Program.run("detach", container.reference, "--misc", "/dev/\(name)").status == 0)
            #expect(try container.sh("ls /dev") == "null\n")
            program.end()
            try unplug()
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
