import FoundationEssentials
import TestHost
import Testing

@Suite struct AttachTests {
    private static let document = """
        <hostdev mode='capability'>
          <source name='eth0'/>
          <target name='lan0'/>
          <mac address='02:00:00:00:00:aa'/>
          <mtu size='1300'/>
          <ip address='192.0.2.7' prefix='24'/>
          <ip address='2001:db8::7' prefix='64'/>
          <route address='default' gateway='192.0.2.254'/>
          <alias name='ua-uplink'/>
        </hostdev>
        """

    @Test func givesAnInterfaceAsTheDocumentSays() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            let result = try Program.run("attach", container.reference, "-", input: Self.document)
            #expect(result.status == 0, "\(result)")
            #expect(result.output == "attached eth0 to \(container.reference) as lan0\n")
            #expect(result.errors == "")
            #expect(try run(["ip", "link", "show", "eth0"]).status != 0)
            let inside = try container.sh("ip addr show lan0; ip route")
            for part in [
                "mtu 1300", "02:00:00:00:00:aa", "state UP", "inet 192.0.2.7/24", "inet6 2001:db8::7/64",
                "default via 192.0.2.254 dev lan0",
            ] {
                #expect(inside.contains(part), "\(part) in \(inside)")
            }
            #expect(try container.run(["ping", "-c1", "-W5", "192.0.2.254"]).status == 0)
        }
    }

    @Test(arguments: [
        ["--net", "eth0"],  // by its name on the host
        ["--net", "lan0"],  // by its name in the container
        ["--net", "enp3s0"],  // by an alternative name
        ["--alias", "ua-uplink"], ["--all"],
        ["-"],  // by the document with which it was attached
    ])
    func makesItWhatItWas(selection: [String]) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            try container.sh(
                "ip link set lan0 promisc on; ip link set lan0 alias mine; ip link property add dev lan0 altname x")
            let result = try run(
                [Program.path, "detach", container.reference] + selection, input: Self.document)
            #expect(result.status == 0, "\(result)")
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func inheritsAddressesAndRoutes() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "-",
                input:
                    "<hostdev mode='capability'><source name='eth0'/><target name='lan0'/><ip inherit='yes'/><route inherit='yes'/></hostdev>"
            )
            #expect(result.status == 0, "\(result)")
            let inside = try container.sh("ip addr show lan0; ip route; ip -6 route")
            for part in [
                "192.0.2.1/24 scope global lan0", "192.0.2.2/24", "2001:db8::1/64", "2001:db8::2/64",
                "203.0.113.0/24 via 192.0.2.254 dev lan0", "2001:db8:1::/48 via 2001:db8::fe dev lan0",
            ] {
                #expect(inside.contains(part), "\(part) in \(inside)")
            }
        }
    }

    @Test func listsWhatIsAttached() throws {
        struct List: Decodable {
            struct Attachment: Decodable {
                struct Source: Decodable { let name: String; let mac: String }
                struct Target: Decodable { let name: String; let ifindex: Int }
                let id, container, state, type, alias, since: String
                let source: Source
                let target: Target
            }
            let attachments: [Attachment]
        }
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link set eth0 address 02:00:00:00:00:01")
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            let result = try Program.run("list", "--format", "json")
            #expect(result.status == 0)
            let attachment = try #require(try decode(List.self, result).attachments.first)
            #expect(attachment.container == container.reference)
            #expect(attachment.state == "attached")
            #expect(attachment.type == "net")
            #expect(attachment.source.name == "eth0")
            #expect(attachment.source.mac == "02:00:00:00:00:01")
            #expect(attachment.target.name == "lan0")
            #expect(attachment.alias == "ua-uplink")
            let index = try container.sh("ip -o link show lan0 | cut -d: -f1")
            #expect(index == "\(attachment.target.ifindex)\n")
            #expect(attachment.since.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/) != nil)
            #expect(try Program.run("list", container.reference).output.contains("eth0"))
            let xml = try Program.run("dumpxml", container.reference)
            #expect(xml.output.contains("<target name='lan0'/>"))
            #expect(try Program.run("validate", "-", input: xml.output).status == 0)
        }
    }

    @Test func aDryRunSaysTheStepsAndChangesNothing() throws {
        struct Steps: Decodable {
            struct Step: Decodable { let step, device, detail: String }
            let steps: [Step]
        }
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "-", "--dry-run", "--format", "json", input: Self.document)
            #expect(result.status == 0, "\(result)")
            let steps = try decode(Steps.self, result).steps
            #expect(steps.map(\.step) == ["move", "set-link", "add-address", "add-address", "add-route"])
            #expect(steps.allSatisfy { $0.device == "eth0" })
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try Program.run("list").output == "")
        }
    }

    /// All of a document or none: the second interface has a name that is taken.
    @Test func aDocumentIsAttachedAsAWhole() throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh("ip link add eth1 type veth peer name peer1")
            let container = try TestContainer()
            try container.sh("ip link add lan1 type veth peer name other")
            let before = try HostInterface.dump()
            let result = try Program.run(
                "attach", container.reference, "--net", "eth0:lan0", "--net", "eth1:lan1", "--format", "json")
            #expect(result.status == 1)
            #expect(try decode(ErrorDocument.self, result).error.code == "name-taken")
            #expect(try HostInterface.changes(since: before) == "")
            #expect(
                try Program.run("attach", container.reference, "--net", "eth0:lan%d", "--net", "eth1:lan%d").status == 0
            )
            #expect(try container.sh("ip -br link | cut -d@ -f1").contains("lan2"))
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try HostInterface.changes(since: before) == "")
        }
    }

    /// A document whose last step the kernel refuses: the gateway cannot be reached.
    @Test func aFailureInTheMiddlePutsEverythingBack() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            let result = try Program.run(
                "attach", container.reference, "-", "--format", "json",
                input:
                    "<hostdev mode='capability'><source name='eth0'/><route address='default' gateway='10.9.9.9'/></hostdev>"
            )
            #expect(result.status == 1)
            let error = try decode(ErrorDocument.self, result).error
            #expect(error.code == "kernel")
            #expect(error.message.contains("Nexthop has invalid gateway"), "\(error.message)")
            #expect(error.device == "eth0")
            #expect(error.container == container.reference)
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try Program.run("list").output == "")
        }
    }

    /// The interface of a container that was killed is not lost, although it is virtual and would die with its namespace.
    @Test(arguments: ["detach", "recover"])
    func comesHomeFromADeadContainer(verb: String) throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            #expect(try Program.run("attach", container.reference, "-", input: Self.document).status == 0)
            container.end()
            try sh("sleep 0.3")
            let result =
                verb == "detach"
                ? try Program.run("detach", container.reference, "--all") : try Program.run("recover")
            #expect(result.status == 0, "\(result)")
            #expect(try HostInterface.changes(since: before) == "")
        }
    }

    /// The pin is a mount, which another mount namespace does not have: the container itself is asked then, and what
    /// cannot be had back is not forgotten.
    @Test func anotherMountNamespace() throws {
        try onThrowawayHost {
            try HostInterface.make()
            let before = try HostInterface.dump()
            let container = try TestContainer()
            for containerEnds in [false, true] {
                // In a mount namespace of its own, where the state directory is the same, and mounts are not.
                let script = "\(Program.path) attach \(container.reference) --net eth0:lan0 --no-watch"
                #expect(try run(["unshare", "--mount", "--propagation", "private", "sh", "-c", script]).status == 0)
                if containerEnds {
                    try sh("ip netns add kept; mount --bind /proc/\(container.id)/ns/net /run/netns/kept")
                }
                if containerEnds { container.end() }
                let detach = try Program.run("detach", container.reference, "--all")
                if containerEnds {
                    #expect(detach.status == 1, "\(detach)")
                    #expect(detach.errors.contains("cannot be reached from here"), "\(detach)")
                    #expect(try Program.run("list").output.contains("eth0"))
                } else {
                    #expect(detach.status == 0, "\(detach)")
                    #expect(try HostInterface.changes(since: before) == "")
                }
            }
        }
    }
}
