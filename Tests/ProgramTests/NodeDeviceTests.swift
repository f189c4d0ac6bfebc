import TestHost
import Testing

/// The host's devices, and what is printed of them given back to `attach`.
@Suite struct NodeDeviceTests {
    /// A host whose sysfs shows its own interfaces.
    private static func onHost(_ body: () throws -> Void) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link set eth0 address 02:00:00:00:00:01; mount -t sysfs sysfs /sys")
            try body()
        }
    }

    @Test func whatIsPrintedCanBeFedBack() throws {
        try Self.onHost {
            let name = "net_eth0_02_00_00_00_00_01"
            let list = try Program.run("nodedev", "list", "--cap", "net")
            #expect(list.output == "\(name)\nnet_lo_00_00_00_00_00_00\n", "\(list)")
            let device = try Program.run("nodedev", "dumpxml", name)
            for part in [
                "<interface>eth0</interface>", "<address>02:00:00:00:00:01</address>", "state='up'",
                "<capability type='80203'/>", "<parent>computer</parent>", "<path>/sys/devices/virtual/net/eth0</path>",
            ] { #expect(device.output.contains(part), "\(part) in \(device)") }
            // ethtool(8) says the same.
            let offloads = try sh("ethtool -k eth0 | sed -n 's/^generic-receive-offload: //p'")
            #expect(device.output.contains("<feature name='gro'/>") == offloads.hasPrefix("on"))

            let hostdev = try Program.run("nodedev", "dumpxml", "--hostdev", name)
            let container = try TestContainer()
            let attach = try Program.run("attach", container.reference, "-", input: hostdev.output)
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.sh("ip link show eth0").contains("02:00:00:00:00:01"))
            #expect(try Program.run("nodedev", "list", "--cap", "net").output == "net_lo_00_00_00_00_00_00\n")
        }
    }

    @Test func anybodyMayLook() throws {
        try Self.onHost {
            let nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set=-all"]
            // Where the build is, not everybody may go.
            try sh("cp \(Program.path) /run/hostdev-program; chmod 755 /run/hostdev-program")
            for arguments in [["list"], ["list", "--tree"], ["dumpxml", "computer"]] {
                let own = try Program.run(["nodedev"] + arguments)
                let others = try run(nobody + ["/run/hostdev-program", "nodedev"] + arguments)
                #expect(others.status == 0, "\(others)")
                #expect(others.output == own.output)
            }
        }
    }

    @Test func aTreeHasAllOfThem() throws {
        try Self.onHost {
            let names = try Program.run("nodedev", "list").output.split(separator: "\n").map(String.init)
            let tree = try Program.run("nodedev", "list", "--tree").output.split(separator: "\n")
            #expect(tree.first == "computer")
            let leaves = tree.filter { $0.contains("+- ") }.map { String($0.drop { $0 != "+" }.dropFirst(3)) }
            #expect((leaves + ["computer"]).sorted() == names.sorted())
        }
    }

    @Test func whatIsWrongIsSaid() throws {
        let unknown = try Program.run("nodedev", "dumpxml", "net_nosuch", "--format", "json")
        #expect(unknown.status == 69)
        #expect(try decode(ErrorDocument.self, unknown).error.code == "no-such-device")
        let computer = try Program.run("nodedev", "dumpxml", "--hostdev", "computer")
        #expect(computer.status == 1)
        #expect(computer.errors.contains("system"), "\(computer)")
        for arguments in [["list", "--cap", "fridge"], ["list", "--tree", "--cap", "net"], ["dumpxml"], []] {
            let result = try Program.run(["nodedev"] + arguments)
            #expect(result.status == (arguments.isEmpty ? 0 : 64), "\(result)")
        }
    }
}
