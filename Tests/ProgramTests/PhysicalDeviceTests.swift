import TestHost
import Testing

/// Physical devices as a whole, on a host whose buses are made for the test.
@Suite(.serialized) struct PhysicalDeviceTests {
    private func onHost(_ body: (TestContainer) throws -> Void) throws {
        try onThrowawayHost {
            try FakeStick.makeBuses()
            let container = try TestContainer()
            defer { container.end() }
            try body(container)
        }
    }

    private static let whole =
        "/dev\n/dev/null\n/dev/serial\n/dev/serial/by-id\n/dev/serial/by-id/usb-Acme\n/dev/tty60\n/dev/tty61\n"

    private func entries(of container: TestContainer) throws -> String { try container.sh("find /dev | sort") }

    @Test func attachedAndDetachedAsAWhole() throws {
        try onHost { container in
            try FakeStick().plug()
            let dry = try Program.run("attach", container.reference, "--usb", "0403:6001", "--dry-run")
            for part in ["tty60", "tty61", "eth0", "usb-Acme"] { #expect(dry.output.contains(part), "\(dry)") }
            let attach = try Program.run("attach", container.reference, "--usb", "0403:6001")
            #expect(attach.status == 0, "\(attach)")
            #expect(
                attach.output == """
                    attached usb 0403:6001 at bus 3 device 2 (3-1) to \(container.reference)
                      /dev/tty60
                      eth0 as eth0
                      /dev/tty61  /dev/serial/by-id/usb-Acme

                    """)
            #expect(try entries(of: container) == Self.whole)
            #expect(try container.sh("readlink /dev/serial/by-id/usb-Acme") == "../../tty61\n")
            #expect(try container.sh("ip -br link").contains("eth0"))
            #expect(try Program.run("check").output == "")
            #expect(try Program.run("list").output.contains("  ├─"))
            let xml = try Program.run("dumpxml", container.reference).output
            #expect(xml.contains("<address bus='3' dev='2' port='1'/>"), "\(xml)")
            let again = try Program.run("apply", container.reference, "-", "--format", "json", input: xml)
            #expect(again.output.contains(#""attached":[],"detached":[]"#), "\(again)")
            let part = try Program.run("detach", container.reference, "--net", "eth0")
            #expect(part.status == 64 && part.errors.contains("is a part of usb 0403:6001"), "\(part)")
            let taken = try Program.run("attach", container.reference, "--misc", "/dev/tty61")
            #expect(taken.errors.contains("3-1 is attached to"), "\(taken)")

            let detach = try Program.run("detach", container.reference, "--usb", "3:2")
            #expect(detach.status == 0, "\(detach)")
            #expect(try entries(of: container) == "/dev\n/dev/null\n")
            #expect(try sh("ip -br link").contains("eth0"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test(arguments: [
        (["--only", "tty"], "/dev/tty61\n"), (["--except", "usb,net"], "/dev/tty61\n"),
        (["--only", "usb"], "/dev/tty60\n"),
    ]) func kinds(options: [String], nodes: String) throws {
        try onHost { container in
            try FakeStick().plug()
            let attach = try Program.run(["attach", container.reference, "--usb", "port:3-1"] + options)
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("find /dev -type c") == nodes)
            #expect(try Program.run("check").output == "")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }

    /// Of several the user says which, and each way to say it is told.
    @Test func ambiguous() throws {
        try onHost { container in
            try FakeStick().plug()
            try FakeStick(port: "3-2.1", serial: "B2", number: 7, hasDrivers: false).plug()
            let several = try Program.run("attach", container.reference, "--usb", "0403:6001")
            #expect(several.status == 64)
            #expect(several.errors.contains("3:2 in port 3-1, serial A1; 3:7 in port 3-2.1, serial B2"), "\(several)")
            for option in ["0403:6001:B2", "3:7", "003/007", "port:3-2.1"] {
                let attach = try Program.run("attach", container.reference, "--usb", option)
                #expect(attach.output.contains("(3-2.1)"), "\(attach)")
                #expect(try Program.run("detach", container.reference, "--usb", option).status == 0)
            }
        }
    }

    /// A way to name the device, and which devices are given when they are plugged into its port.
    @Test(arguments: [("0403:6001", false), ("3:2", false), ("port:3-1", true)])
    func strangerInThePort(option: String, isGiven: Bool) throws {
        try onHost { container in
            let own = FakeStick()
            try own.plug()
            #expect(try Program.run("attach", container.reference, "--usb", option, "--except", "net").status == 0)
            try own.unplug()
            #expect(try Program.run("recover").output.contains("until it is back"))
            #expect(try entries(of: container) == "/dev\n/dev/null\n")
            #expect(try Program.run("list").output.contains(" away "))
            let stranger = FakeStick(product: "6015", number: 3)
            try stranger.plug()
            #expect(try Program.run("recover").status == 0)
            #expect(try entries(of: container) == (isGiven ? Self.whole : "/dev\n/dev/null\n"))
            try stranger.unplug()
            #expect(try Program.run("recover").status == 0)
            var again = own
            again.number = 4
            try again.plug()
            let back = try Program.run("recover")
            #expect(back.output.contains("attached usb 0403:6001 at bus 3 device 4"), "\(back)")
            #expect(try entries(of: container) == Self.whole)
            #expect(try Program.run("check").output == "")
            // By the address at the time of the attach, and the present one.
            #expect(
                try Program.run("detach", container.reference, "--usb", option == "3:2" ? "3:4" : "3:2").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// With its serial number it is known in another port.
    @Test func anotherPort() throws {
        try onHost { container in
            let own = FakeStick()
            try own.plug()
            #expect(try Program.run("attach", container.reference, "--usb", "0403:6001", "--except", "net").status == 0)
            try own.unplug()
            #expect(try Program.run("recover").status == 0)
            try FakeStick(port: "3-4", number: 9).plug()
            let other = try TestContainer()
            let taken = try Program.run("attach", other.reference, "--usb", "3:9")
            #expect(taken.status == 75, "\(taken)")
            #expect(try Program.run("recover").output.contains("attached usb 0403:6001 at bus 3 device 9 (3-4)"))
            #expect(try entries(of: container) == Self.whole)
            #expect(try Program.run("detach", container.reference, "--usb", "port:3-4").status == 0)
            other.end()
        }
    }

    /// What a driver brings later is attached, and goes with it.
    @Test func lateDriver() throws {
        try onHost { container in
            let stick = FakeStick(hasDrivers: false)
            try stick.plug()
            #expect(try Program.run("attach", container.reference, "--usb", "0403:6001").status == 0)
            #expect(try container.sh("find /dev -type c") == "/dev/tty60\n")
            try stick.bind()
            #expect(try Program.run("check").output.contains("not attached"))
            let recover = try Program.run("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try entries(of: container) == Self.whole)
            #expect(try container.sh("ip -br link").contains("eth0"))
            #expect(try Program.run("check").output == "")
            try sh("rm -r /sys/bus/machine/usb3/3-1/3-1:1.0/tty")
            #expect(try Program.run("recover").status == 0)
            #expect(try entries(of: container) == "/dev\n/dev/null\n/dev/tty60\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("ip -br link").contains("eth0"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// A container that ends gives everything back.
    @Test func theContainerEnds() throws {
        try onHost { container in
            try FakeStick().plug()
            #expect(try Program.run("attach", container.reference, "--usb", "0403:6001").status == 0)
            container.end()
            #expect(try Program.run("recover").output.contains("detached 0403:6001 3-1"))
            #expect(try sh("ip -br link").contains("eth0"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func hubsAndHeldDevicesAreRefused() throws {
        try onHost { container in
            try FakeStick().plug()
            try sh("echo 4 > /sys/bus/machine/usb3/3-1/maxchild")
            let hub = try Program.run("attach", container.reference, "--usb", "port:3-1", "--force")
            #expect(hub.status == 1 && hub.errors.contains("is a hub"), "\(hub)")
            try sh("echo 0 > /sys/bus/machine/usb3/3-1/maxchild")
            let program = try RunningCommand(["sh", "-c", "exec 3<>/dev/tty60; echo open; exec sleep 10000"])
            for _ in 0..<12_000 where !program.outputSoFar.contains("open") { try sh("sleep 0.01") }
            let held = try Program.run("attach", container.reference, "--usb", "port:3-1")
            #expect(held.status == 75 && held.errors.contains("(held)"), "\(held)")
            #expect(try Program.run("attach", container.reference, "--usb", "port:3-1", "--only", "tty").status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            program.end()
        }
    }

    /// What a run does that is killed.
    enum Killed: String, CaseIterable, Sendable { case attach, detach, leave, come }

    @Test(arguments: Killed.allCases) func killedAtEachStep(verb: Killed) throws {
        try onHost { container in
            let stick = FakeStick()
            let before = try entries(of: container)
            var kills = 0
            for step in 1... {
                let kill = ["HOSTDEV_KILL_AT": "\(step)"]
                try stick.plug()
                let options = ["attach", container.reference, "--usb", "port:3-1"]
                if verb != .attach { #expect(try Program.run(options).status == 0, "\(step)") }
                let result: CommandResult
                switch verb {
                case .attach: result = try Program.run(options, environment: kill)
                case .detach: result = try Program.run("detach", container.reference, "--all", environment: kill)
                case .leave:
                    try sh("rm -r /sys/bus/machine/usb3/3-1/3-1:1.0/tty")
                    result = try Program.run("recover", environment: kill)
                case .come:
                    try sh("rm -r /sys/bus/machine/usb3/3-1/3-1:1.0/tty")
                    _ = try Program.run("recover")
                    try stick.bind()
                    result = try Program.run("recover", environment: kill)
                }
                if result.status == 128 + 9 { kills += 1 } else { try #require(result.status == 0, "\(result)") }
                let recover = try Program.run("recover")
                #expect(recover.status == 0, "\(verb) \(step): \(recover)")
                if try Program.run("list").output.contains("attached") {
                    let check = try Program.run("check")
                    #expect(check.output == "", "\(verb) \(step): \(check)")
                    let whole = verb == .leave ? "/dev\n/dev/null\n/dev/tty60\n" : Self.whole
                    #expect(try entries(of: container) == whole, "\(verb) \(step)")
                    #expect(try container.sh("ip -br link").contains("eth0"), "\(verb) \(step)")
                    #expect(try Program.run("detach", container.reference, "--all").status == 0, "\(verb) \(step)")
                }
                #expect(try entries(of: container) == before, "\(verb) \(step)")
                #expect(try sh("ip -br link").contains("eth0"), "\(verb) \(step)")
                #expect(try sh("find /run/hostdev -type f") == "", "\(verb) \(step)")
                try stick.unplug()
                if result.status == 0 { break }
            }
            #expect(kills >= 8, "\(verb)")
        }
    }
}
