import TestHost
import Testing

/// What a configuration says depends on what the host has. When that cannot be found out, for want of descriptors or memory,
/// there is no answer: neither that it is there nor that it is not.
@Suite struct ConfigurationCertaintyTests {
    private static let lxc = """
        lxc.net.0.type = phys
        lxc.net.0.link = eth0
        lxc.cgroup.devices.deny = a
        lxc.cgroup2.devices.deny = a
        lxc.cgroup.devices.allow = b 7:99 r
        lxc.cgroup2.devices.allow = b 7:99 r
        lxc.mount.entry = /dev/shm/disk99 dev/disk none bind,optional,create=file
        lxc.mount.entry = /dev/zero dev/nil none bind,optional,create=file
        lxc.mount.entry = /dev/none dev/none none bind,optional,create=file

        """
    private static let openVZ = """
        NETDEV="eth0 eth1"
        DEVNODES="shm/disk99:r none:rw"
        DEVICES="c:1:5:rw"

        """

    @Test(arguments: [
        ["list", "lxc:web", "--config"], ["list", "web"], ["dumpxml", "lxc:web", "--config"],
        ["check", "lxc:web", "--config"], ["list", "openvz:101", "--config"], ["dumpxml", "openvz:101", "--config"],
        ["check", "openvz:101", "--config"],
        ["detach", "openvz:101", "--config", "--storage", "/dev/shm/disk99", "--dry-run"],
        ["detach", "lxc:web", "--config", "--storage", "/dev/shm/disk99", "--dry-run"],
    ])
    func aFailedCallIsNoAnswer(arguments: [String]) throws {
        try onThrowawayHost {
            try OpenVZHost.make()
            try OpenVZHost.configure(101, Self.openVZ)
            try LXCHost.configure("web", Self.lxc)
            try sh("ip link add eth0 type veth peer name p0")
            try sh("mount -t tmpfs none /dev/shm; mknod /dev/shm/disk99 b 7 99")
            func run(_ environment: [String: String]) throws -> CommandResult {
                try Program.run(arguments, environment: environment.merging(["LXC_PATH": LXCHost.path]) { $1 })
            }
            // `check` says it of a device, and goes on.
            func isNoAnswer(_ result: CommandResult) -> Bool {
                ![0, 2].contains(result.status) || result.output.contains("cannot be told")
            }
            let answer = try run([:])
            #expect(!isNoAnswer(answer), "\(answer)")
            var count = 0
            for failure in Failures(oneOf: 7) {
                let result = try run(failure.environment)
                guard Failures.happened(in: result) else { break }
                count += 1
                if isNoAnswer(result) { continue }
                #expect(result.output == answer.output && result.status == answer.status, "\(failure): \(result)")
            }
            #expect(count >= 3)
        }
    }
}
