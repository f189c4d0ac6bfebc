import TestHost
import Testing

/// Real network cards, as far as a guest has them.
@Suite(.serialized) struct PCITests {
    private struct Card {
        let name: String
        let mac: String
        let pci: String
    }

    /// The card of a driver, given to the throw-away host on whose network the test runs.
    private func card(_ driver: String) throws -> Card {
        let script = """
            for d in /sys/class/net/*/device/driver; do
                [ "$(basename $(readlink $d))" = \(driver) ] || continue
                n=${d#/sys/class/net/}; n=${n%%/*}
                echo $n $(cat /sys/class/net/$n/address) $(basename $(readlink -f /sys/class/net/$n/device))
            done
            """
        let words = try sh(script).split(whereSeparator: \.isWhitespace).map(String.init)
        return Card(name: words[0], mac: words[1], pci: words[2])
    }

    @Test(arguments: ["e1000e", "8139cp"])
    func byNameAddressAndPlace(driver: String) throws {
        let card = try card(driver)
        let parts = card.pci.split(whereSeparator: { ":.".contains($0) })
        let place = "domain='0x\(parts[0])' bus='0x\(parts[1])' slot='0x\(parts[2])' function='0x\(parts[3])'"
        for source in [
            "<source name='\(card.name)'/>", "<source mac='\(card.mac)'/>",
            "<source><address type='pci' \(place)/></source>",
        ] {
            let state = "/run/hostdev-\(driver)"
            try withContainer { container in
                try sh("ip addr add 192.0.2.1/24 dev \(card.name); ip link set \(card.name) up mtu 1400")
                try sh(
                    "until ip addr show \(card.name) | grep -q 'fe80.*link' && ! ip addr show \(card.name) | grep -q tentative; do sleep 0.1; done"
                )
                let dump =
                    "ip -d addr show dev \(card.name); ip route show table all dev \(card.name); ip -6 route show table all dev \(card.name)"
                let before = try sh(dump)
                let document =
                    "<hostdev mode='capability'>\(source)<target name='lan0'/><mac address='02:00:00:00:00:07'/></hostdev>"
                let attach = try Program.run("attach", container.reference, "-", "--state-dir", state, input: document)
                #expect(attach.status == 0, "\(source): \(attach)")
                #expect(try container.sh("ip link show lan0").contains("02:00:00:00:00:07"))
                let detach = try Program.run("detach", container.reference, "--all", "--state-dir", state)
                #expect(detach.status == 0, "\(source): \(detach)")
                // A real card takes a while to find its network again.
                for _ in 0..<100 where try sh(dump) != before { try sh("sleep 0.1") }
                #expect(try sh(dump) == before)
                try sh("ip link set \(card.name) down mtu 1500; ip addr flush dev \(card.name)")
            }
        }
    }

    /// Who takes a card home.
    enum Recovery: CaseIterable, Sendable {
        case watcher, recover
    }

    /// A container that dies with a card: it comes home under its own name, and not to where the kernel drops it.
    @Test(arguments: ["e1000e", "8139cp", "virtio_net"], Recovery.allCases)
    func comesHomeFromADeadContainer(driver: String, by recovery: Recovery) throws {
        let card = try card(driver)
        try withContainer { container in
            let state = "/run/hostdev-dead"
            let attach = try Program.run(
                "attach", container.reference, "--net", "\(card.name):lan0", "--state-dir", state,
                watched: recovery == .watcher)
            #expect(attach.status == 0, "\(attach)")
            container.end()
            switch recovery {
            case .watcher: try until("! ls \(state)/attachments | grep -q .")
            case .recover: #expect(try Program.run("recover", "--state-dir", state).status == 0)
            }
            #expect(try sh("ip link show \(card.name)").contains(card.mac))
        }
    }

    /// hostdev is killed at any step of an attach, and the container at once after it.
    @Test func comesHomeWhenBothAreKilled() throws {
        let card = try card("e1000e")
        let state = "/run/hostdev-both"
        for step in 1... {
            var isKilled = false
            try withContainer { container in
                let attach = try Program.run(
                    "attach", container.reference, "--net", "\(card.name):lan0", "--state-dir", state,
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                isKilled = attach.status == 128 + 9
                container.end()
                let recover = try Program.run("watch", "--until-idle", "--state-dir", state)
                #expect(recover.status == 0, "after step \(step): \(recover)")
                #expect(try sh("ip link show \(card.name)").contains(card.mac), "after step \(step)")
                #expect(try sh("find \(state) -type f") == "", "after step \(step)")
            }
            if !isKilled { break }
            #expect(step < 100)
        }
    }

    /// The cards are in the guest's first network namespace, which is the host here: nobody else uses it.
    private func withContainer(_ body: (TestContainer) throws -> Void) throws {
        let container = try TestContainer()
        defer { container.end() }
        try body(container)
    }
}
