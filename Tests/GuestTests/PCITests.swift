import TestHost
import Testing

/// Real network cards, as far as a guest has them.
@Suite(.serialized, .exclusive(.cards)) struct PCITests {
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

    /// What ends in the middle.
    enum Death: String, CaseIterable, Sendable {
        case container, hostdev, both
        /// The namespace to which the container has moved the card on: the kernel drops it on the host, under the name that
        /// the container gave it.
        case nestedNamespace
    }

    /// SIGKILL of the container, of the program at some of its steps, of both: the card comes home as it was.
    @Test(arguments: ["e1000e", "virtio_net", "8139cp"], Death.allCases)
    func comesHomeFromDeath(driver: String, death: Death) throws {
        let card = try card(driver)
        let state = "/run/hostdev-\(driver)-\(death)"
        try sh(
            """
            ip link property add dev \(card.name) altname uplink; ip addr add 192.0.2.1/24 dev \(card.name)
            ip link set \(card.name) mtu 1400 txqueuelen 77
            """)
        defer { _ = try? sh("ip addr flush \(card.name); ip link property del dev \(card.name) altname uplink") }
        let before = try sh("ip -d addr show dev \(card.name)")
        func expectHome(_ when: String) throws {
            let recover = try Program.run("recover", "--state-dir", state)
            #expect(recover.status == 0, "\(when): \(recover)")
            let now = try sh("ip -d addr show dev \(card.name)")
            #expect(now == before, "\(when)")
            #expect(try sh("find \(state) -type f") == "", "\(when)")
        }
        func attach(_ container: TestContainer, killAt step: Int? = nil) throws -> Int32 {
            try Program.run(
                "attach", container.reference, "--net", "\(card.name):lan0", "--state-dir", state,
                environment: step.map { ["HOSTDEV_KILL_AT": "\($0)"] } ?? [:]
            ).status
        }
        // Each step costs seconds here: all of them are gone through with interfaces that need no driver (KillTests), some with one
        // card, and a few with the others.
        let pace = driver == "e1000e" ? 9 : 27
        switch death {
        case .container:
            try withContainer { container in
                #expect(try attach(container) == 0)
                container.end()
                try expectHome("the container is dead")
            }
        case .nestedNamespace:
            try withContainer { container in
                #expect(try attach(container) == 0)
                try container.sh(
                    "ip link set lan0 down; ip link set lan0 name evil0; mount -t tmpfs t /run; ip netns add n; ip link set evil0 netns n; ip netns del n"
                )
                container.end()
                try sh("until ip link show evil0; do sleep 0.1; done")
                try expectHome("the kernel has dropped it")
            }
        case .hostdev:
            try withContainer { container in
                for step in stride(from: 1, to: 100, by: pace) {
                    let status = try attach(container, killAt: step)
                    if status == 0 { break }
                    #expect(status == 128 + 9)
                    try expectHome("attach killed at \(step)")
                }
                for step in stride(from: 1, to: 100, by: pace) {
                    _ = try attach(container)
                    let detach = try Program.run(
                        "detach", container.reference, "--all", "--state-dir", state,
                        environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    #expect(try Program.run("recover", "--state-dir", state).status == 0)
                    // Killed before anything was to change, it is attached as before.
                    let rest = ["detach", container.reference, "--all", "--if-attached", "--state-dir", state]
                    #expect(try Program.run(rest).status == 0)
                    try expectHome("detach killed at \(step)")
                    if detach.status == 0 { break }
                }
            }
        case .both:
            for step in stride(from: 2, to: 100, by: pace) {
                var status: Int32 = 0
                try withContainer { container in
                    status = try attach(container, killAt: step)
                    container.end()
                    try expectHome("attach killed at \(step), and then the container")
                }
                if status == 0 { break }
            }
        }
    }

    /// How a card leaves the host and comes back.
    struct Leaving: Sendable, CustomTestStringConvertible {
        let name: String
        let leave: String
        let comeBack: String
        let reason: String
        var testDescription: String { name }
    }

    private static let leavings = [
        Leaving(
            name: "its driver is unbound", leave: "echo PCI > /sys/bus/pci/drivers/e1000e/unbind",
            comeBack: "echo PCI > /sys/bus/pci/drivers/e1000e/bind", reason: "its device PCI has no driver"),
        Leaving(
            name: "it is unplugged", leave: "guest-monitor device_del nic0",
            comeBack:
                "guest-monitor device_add e1000e,id=nic0,bus=port0,netdev=wire0,mac=52:54:00:00:00:01,romfile=",
            reason: "its device PCI has left the host"),
    ]

    /// A card that leaves the host is away, and not deleted by the container; back, it is given again, and goes home as it was.
    @Test(arguments: leavings) func aCardThatLeaves(leaving: Leaving) throws {
        let card = try card("e1000e")
        let state = "/run/hostdev-leaving"
        func run(_ verb: String...) throws -> CommandResult {
            try Program.run(verb + ["--state-dir", state])
        }
        func isBack() throws { try until("ls /sys/bus/pci/devices/\(card.pci)/net/* > /dev/null 2>&1") }
        func leave() throws {
            try sh(leaving.leave.replacing("PCI", with: card.pci))
            try until("! ls -d /sys/bus/pci/devices/\(card.pci)/driver > /dev/null 2>&1")
        }
        func comeBack() throws { try sh(leaving.comeBack.replacing("PCI", with: card.pci)) }
        let reason = leaving.reason.replacing("PCI", with: card.pci)
        try withContainer { container in
            try sh("ip addr add 192.0.2.1/24 dev \(card.name); ip link set \(card.name) mtu 1400")
            let attach = try run("attach", container.reference, "--net", "\(card.name):lan0", "--no-watch")
            #expect(attach.status == 0, "\(attach)")
            try leave()
            let check = try run("check", container.reference)
            #expect(check.status == 2, "\(check)")
            #expect(check.output.contains("\(card.name): device is away, not \(card.pci)"), "\(check)")
            let recover = try run("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try run("list").output.contains(" away "))
            try comeBack()
            // Whatever the kernel and udev call it now, it is the container's.
            try until(
                "\(Program.path) recover --state-dir \(state); \(Program.path) list --state-dir \(state) | grep -q ' attached '"
            )
            #expect(try container.sh("ip link show lan0").contains(card.mac))
            let whole = try run("check", container.reference)
            #expect(whole.status == 0, "\(whole)")
            let detach = try run("detach", container.reference, "--all")
            #expect(detach.status == 0, "\(detach)")
            let home = try sh("ip -o addr show dev \(card.name); ip link show \(card.name)")
            #expect(home.contains("192.0.2.1/24") && home.contains("mtu 1400"), "\(home)")

            #expect(try run("attach", container.reference, "--net", "\(card.name):lan0", "--no-watch").status == 0)
            try leave()
            let gone = try run("detach", container.reference, "--all")
            #expect(gone.status == 1, "\(gone)")
            #expect(gone.errors.contains("\(card.name) is gone: \(reason)"), "\(gone)")
            #expect(try run("list").output == "")
            try comeBack()
            try isBack()
            try sh(
                "n=$(ls /sys/bus/pci/devices/\(card.pci)/net); ip link set $n down; ip link set $n name \(card.name) || true"
            )
        }
    }

    /// The watcher sees it too.
    @Test func theWatcherFollowsACard() throws {
        let card = try card("e1000e")
        let list = "\(Program.path) list --state-dir /run/hostdev-follow"
        try withContainer { container in
            let attach = try Program.run(
                "attach", container.reference, "--net", "\(card.name):lan0", "--state-dir", "/run/hostdev-follow",
                watched: true)
            #expect(attach.status == 0, "\(attach)")
            try sh("echo \(card.pci) > /sys/bus/pci/drivers/e1000e/unbind")
            try until("\(list) | grep -q ' away '")
            try sh("echo \(card.pci) > /sys/bus/pci/drivers/e1000e/bind")
            try until("\(list) | grep -q ' attached '")
            #expect(try container.sh("ip link show lan0").contains(card.mac))
            container.end()
            try until("! ls /run/hostdev-follow/attachments | grep -q .")
            #expect(try sh("ip link show \(card.name)").contains(card.mac))
        }
    }

    /// The cards are in the guest's first network namespace, which is the host here: nobody else uses it.
    private func withContainer(_ body: (TestContainer) throws -> Void) throws {
        let container = try TestContainer()
        defer { container.end() }
        try body(container)
    }
}
