import TestHost
import Testing

/// Programs of a container are told of nodes as udev(7) tells them on a host, and where the kernel tells nobody.
@Suite struct DeviceAnnouncementTests {
    @Test(arguments: [false, true])
    func isHeard(userNamespace: Bool) throws {
        try onThrowawayHost {
            let container = try TestContainer(.init(userNamespace: userNamespace))
            // libudev listens where udev seems to be at work.
            try container.sh("mkdir -p /run/udev; touch /run/udev/control")
            let monitor = try RunningCommand([
                "nsenter", "--target", "\(container.id)", "--all",
                "stdbuf", "-oL", "udevadm", "monitor", "--udev", "--property", "--subsystem-match=mem",
            ])
            for _ in 0..<12_000 where !monitor.outputSoFar.contains("UDEV -") { try sh("sleep 0.01") }
            let document =
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/other'/></hostdev>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            for _ in 0..<12_000 where !monitor.outputSoFar.contains("ACTION=remove") { try sh("sleep 0.01") }
            let output = monitor.outputSoFar
            for part in [
                "ACTION=add\nDEVPATH=/devices/virtual/mem/zero\nSUBSYSTEM=mem\nDEVNAME=/dev/other\n",
                "MAJOR=1\nMINOR=5\n",
                "ACTION=remove\nDEVPATH=/devices/virtual/mem/zero\nSUBSYSTEM=mem\nDEVNAME=/dev/other\n",
            ] { #expect(output.contains(part), "\(part) in \(output)") }
            container.end()
        }
    }
}
