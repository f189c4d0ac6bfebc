import TestHost
import Testing

/// What a container changes of a real card by ethtool(8) does not stay on the host.
@Suite(.serialized, .exclusive(.cards)) struct CardSettingTests {
    @Test(arguments: ["e1000e", "8139cp", "virtio_net"])
    func isAsBefore(driver: String) throws {
        let name = try sh(
            """
            for d in /sys/class/net/*/device/driver; do
                [ "$(basename $(readlink $d))" = \(driver) ] || continue
                n=${d#/sys/class/net/}; echo -n ${n%%/*}
            done
            """)
        let container = try TestContainer()
        defer { container.end() }
        let dump = """
            for o in -k -g -c -a -l; do ethtool $o DEV; done 2>&1 || true
            ethtool DEV | grep -v 'Link detected\\|Speed\\|Duplex\\|partner'; ip -d link show dev DEV | sed 's/qdisc .*//'
            """
        let before = try sh(dump.replacing("DEV", with: name))
        let state = "/run/hostdev-settings-\(driver)"
        let attach = try Program.run(
            "attach", container.reference, "--net", "\(name):lan0", "--state-dir", state)
        #expect(attach.status == 0 && attach.errors == "", "\(attach)")
        let given = try container.sh(dump.replacing("DEV", with: "lan0"))
        // Not every driver has all of it.
        try container.sh(
            """
            for c in '-K lan0 tso off rx off tx off gro off' '-G lan0 rx 512 tx 512' '-G lan0 rx 128' '-C lan0 rx-usecs 9' \
                '-A lan0 autoneg off rx off tx off' '-s lan0 wol d' '-s lan0 wol g' '-s lan0 msglvl 1' \
                '-s lan0 autoneg off speed 100 duplex full' '-L lan0 combined 1' '--set-eee lan0 eee off'; do
                ethtool $c > /dev/null 2>&1 || true
            done
            """)
        #expect(try container.sh(dump.replacing("DEV", with: "lan0")) != given, "it has no effect")
        let detach = try Program.run("detach", container.reference, "--all", "--state-dir", state)
        #expect(detach.status == 0, "\(detach)")
        // A real card takes a while to find its network again.
        for _ in 0..<100 where try sh(dump.replacing("DEV", with: name)) != before { try sh("sleep 0.1") }
        #expect(difference(from: before, to: try sh(dump.replacing("DEV", with: name))) == "")
    }
}
