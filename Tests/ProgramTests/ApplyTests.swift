import FoundationEssentials
import TestHost
import Testing

/// A container's devices become those of a document: what is missing comes, what is too many goes, the rest is left alone.
@Suite struct ApplyTests {
    private struct Result: Decodable {
        struct Device: Decodable {
            let id: String
            let state: String
        }
        let attached: [Device]
        let detached: [Device]
        let unchanged: [Device]
    }

    private static func net(_ source: String, _ target: String, _ more: String = "") -> String {
        "<hostdev mode='capability'><source name='\(source)'/><target name='\(target)'/>\(more)</hostdev>"
    }

    private static let zero =
        "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/></hostdev>"

    private static func document(_ hostdevs: String...) -> String { "<devices>\(hostdevs.joined())</devices>" }

    /// A host with eth0 to eth2, whose other ends keep them apart.
    private static func onHost(_ body: (TestContainer) throws -> Void) throws {
        try onThrowawayHost {
            for number in 0..<3 {
                try sh(
                    "ip link add eth\(number) type veth peer name peer\(number); ip link set eth\(number) mtu 140\(number)"
                )
            }
            try body(TestContainer())
        }
    }

    private static func apply(_ document: String, _ container: TestContainer, _ more: String...) throws -> CommandResult
    {
        try Program.run(["apply", container.reference, "-", "--no-watch"] + more, input: document)
    }

    private static func result(_ document: String, _ container: TestContainer) throws -> Result {
        let run = try apply(document, container, "--format=json")
        #expect(run.status == 0, "\(run)")
        return try decode(Result.self, run)
    }

    private static func links(_ container: TestContainer) throws -> [String] {
        try container.sh("ip -o link | grep -o 'lan[0-9]' | sort -u").split(separator: "\n").map(String.init)
    }

    @Test func aSecondRunDoesNothing() throws {
        try Self.onHost { container in
            let document = Self.document(Self.net("eth0", "lan0"), Self.net("eth1", "lan1"), Self.zero)
            let first = try Self.result(document, container)
            #expect([first.attached, first.detached, first.unchanged].map(\.count) == [3, 0, 0])
            let records = try sh("cat /run/hostdev/attachments/*")
            let second = try Self.result(document, container)
            #expect([second.attached, second.detached, second.unchanged].map(\.count) == [0, 0, 3])
            #expect(second.unchanged.map(\.id).sorted() == first.attached.map(\.id).sorted())
            #expect(second.unchanged.allSatisfy { $0.state == "attached" })
            #expect(try sh("cat /run/hostdev/attachments/*") == records)
            #expect(try Self.links(container) == ["lan0", "lan1"])
        }
    }

    @Test func onlyWhatDiffersIsChanged() throws {
        try Self.onHost { container in
            let before = try sh("ip -d link")
            let first = try Self.result(
                Self.document(Self.net("eth0", "lan0"), Self.net("eth1", "lan1"), Self.zero), container)
            // Traffic would be lost if it went and came back.
            let kept = try container.sh("ip link set lan0 alias kept; ip -o link show lan0")
            let second = try Self.result(
                Self.document(Self.net("eth2", "lan1"), Self.net("eth0", "lan0")), container)
            #expect([second.attached, second.detached, second.unchanged].map(\.count) == [1, 2, 1])
            #expect(second.unchanged[0].id == first.attached[0].id)
            #expect(try container.sh("ip -o link show lan0") == kept)
            #expect(try container.sh("ip link show lan1").contains("mtu 1402"))
            let last = try Self.result("<devices/>", container)
            #expect([last.attached, last.detached, last.unchanged].map(\.count) == [0, 2, 0])
            #expect(try sh("ip -d link") == before)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func otherSettingsMeanAnotherAttachment() throws {
        try Self.onHost { container in
            let first = try Self.result(Self.document(Self.net("eth0", "lan0")), container)
            let second = try Self.result(Self.document(Self.net("eth0", "lan0", "<mtu size='1300'/>")), container)
            #expect([second.attached, second.detached, second.unchanged].map(\.count) == [1, 1, 0])
            #expect(second.detached[0].id == first.attached[0].id)
            #expect(try container.sh("ip link show lan0").contains("mtu 1300"))
        }
    }

    @Test func aDeviceByAnotherNameIsTheSame() throws {
        try Self.onHost { container in
            try sh("ip link property add dev eth0 altname enp3s0")
            #expect(try Program.run("attach", container.reference, "--net", "eth0:lan0").status == 0)
            let result = try Self.result(Self.document(Self.net("enp3s0", "lan0")), container)
            #expect([result.attached, result.detached, result.unchanged].map(\.count) == [0, 0, 1])
        }
    }

    @Test(arguments: [("nosuch", 69), ("lo", 1)])
    func whatIsRefusedTakesNothingAway(source: String, status: Int32) throws {
        try Self.onHost { container in
            _ = try Self.result(Self.document(Self.net("eth0", "lan0")), container)
            let before = try sh("cat /run/hostdev/attachments/*")
            let run = try Self.apply(Self.document(Self.net(source, "lan1")), container)
            #expect(run.status == status, "\(run)")
            #expect(try sh("cat /run/hostdev/attachments/*") == before)
            #expect(try Self.links(container) == ["lan0"])
        }
    }

    /// What fails when the way is free already: the container has what it had.
    @Test func aFailureAttachesAgainWhatWasTakenBack() throws {
        try Self.onHost { container in
            _ = try Self.result(Self.document(Self.net("eth0", "lan0"), Self.zero), container)
            // The container's own, which no detach takes away.
            try container.sh("ip link add lan1 type veth peer name end")
            let run = try Self.apply(Self.document(Self.net("eth1", "lan1")), container)
            #expect(run.status == 1, "\(run)")
            #expect(run.errors.contains("lan1"), "\(run)")
            #expect(try Self.links(container) == ["lan0", "lan1"])
            #expect(try sh("ip -o link").contains("eth1"))
            #expect(try Program.run("check", container.reference).status == 0)
            let again = try Self.result(Self.document(Self.net("eth0", "lan0"), Self.zero), container)
            #expect(again.unchanged.count == 2)
        }
    }

    @Test func dryRunSaysWhatThereIsToDo() throws {
        try Self.onHost { container in
            let document = Self.document(Self.net("eth1", "lan0"))
            _ = try Self.result(Self.document(Self.net("eth0", "lan0")), container)
            let before = try sh("cat /run/hostdev/attachments/*")
            let run = try Self.apply(document, container, "--dry-run")
            #expect(run.status == 2, "\(run)")
            #expect(run.output.hasPrefix("take-back eth0: from "), "\(run)")
            #expect(run.output.contains("eth1"), "\(run)")
            #expect(try sh("cat /run/hostdev/attachments/*") == before)
            #expect(try Self.result(document, container).attached.count == 1)
            let second = try Self.apply(document, container, "--dry-run", "--format=json")
            #expect(second.status == 0, "\(second)")
            #expect(second.output == "{\"losses\":[],\"steps\":[]}\n")
        }
    }

    /// Killed anywhere, the same command brings it about.
    @Test func theSameCommandGoesOnAfterAKill() throws {
        try Self.onHost { container in
            let before = try sh("ip -d link")
            let old = Self.document(Self.net("eth0", "lan0"), Self.net("eth1", "lan1"))
            let new = Self.document(Self.net("eth1", "lan1"), Self.net("eth2", "lan0"))
            var kills = 0
            while true {
                _ = try Self.result(old, container)
                let killed = try Program.run(
                    "apply", container.reference, "-", "--no-watch", input: new,
                    environment: ["HOSTDEV_KILL_AT": "\(kills + 1)"])
                if killed.status == 0 { break }
                try #require(killed.status == 128 + 9, "\(killed)")
                kills += 1
                _ = try Self.result(new, container)
                #expect(try Self.links(container) == ["lan0", "lan1"], "after step \(kills)")
                #expect(try container.sh("ip link show lan0").contains("mtu 1402"), "after step \(kills)")
                #expect(try Program.run("check").status == 0, "after step \(kills)")
            }
            #expect(kills >= 14)
            _ = try Self.result("<devices/>", container)
            #expect(try sh("ip -d link") == before)
            #expect(try Program.run("recover").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Interrupted anywhere: all of the one or all of the other.
    @Test func anInterruptionLeavesAllOrNothing() throws {
        try Self.onHost { container in
            let old = Self.document(Self.net("eth0", "lan0"), Self.net("eth1", "lan1"))
            let new = Self.document(Self.net("eth1", "lan1"), Self.net("eth2", "lan0"))
            try sh("printf '%s' \"\(new)\" > /run/new")
            var undone = 0
            for step in 1... {
                _ = try Self.result(old, container)
                let apply = try Program.start(
                    "apply", container.reference, "/run/new", "--no-watch", environment: ["HOSTDEV_STOP_AT": "\(step)"])
                try until("grep -q '^[0-9]* ([^)]*) [TZ]' /proc/\(apply.id)/stat")
                let isStopped = try sh("cat /proc/\(apply.id)/stat").contains(") T ")
                try sh("kill -INT \(apply.id) || :; kill -CONT \(apply.id) || :")
                let result = try apply.wait()
                #expect(try Self.links(container) == ["lan0", "lan1"], "after step \(step): \(result)")
                #expect([0, 75].contains(result.status), "after step \(step): \(result)")
                let expected = result.status == 0 ? "1402" : "1400"
                #expect(try container.sh("ip link show lan0").contains("mtu \(expected)"), "after step \(step)")
                #expect(try Program.run("check").status == 0, "after step \(step)")
                if result.status != 0 { undone += 1 }
                if !isStopped { break }
            }
            #expect(undone >= 5)
        }
    }

    /// Two at once with the same document: one does it, the other finds it done.
    @Test func twoAtOnceDoItOnce() throws {
        try Self.onHost { container in
            try sh(
                "printf '%s' \"\(Self.document(Self.net("eth0", "lan0"), Self.net("eth1", "lan1")))\" > /run/document")
            let runs = try (0..<2).map { _ in
                try Program.start("apply", container.reference, "/run/document", "--no-watch", "--format=json")
            }
            let results = try runs.map { try $0.wait() }
            #expect(results.allSatisfy { $0.status == 0 }, "\(results)")
            let counts = try results.map { try decode(Result.self, $0) }.map {
                [$0.attached.count, $0.unchanged.count]
            }
            #expect(Set(counts) == [[2, 0], [0, 2]])
        }
    }
}
