import TestHost
import Testing

@Suite struct CrowdTests {
    /// A hundred containers with five interfaces each, attached and detached by two at once: nothing is lost, and nothing left.
    @Test func aHundredContainers() throws {
        try onThrowawayHost {
            try sh(
                """
                (for c in $(seq 0 99); do
                    ip netns add c$c
                    for i in 0 1 2 3 4; do
                        echo link add e$c.$i type veth peer name p$c.$i; echo addr add 10.$c.$i.1/24 dev e$c.$i
                    done
                done) | ip -batch -
                """)
            let dump = "ip -o link | sed 's/ qdisc.*//' | sort; ip -o addr | sort"
            let before = try sh(dump)
            // Each of the two goes over the containers, from both ends: they meet in the middle, and pass each other.
            let run = """
                for c in $LIST; do
                    \(Program.path) $VERB netns:c$c $ARGUMENTS --timeout 100 > /dev/null || echo $VERB $c: $?
                done
                """
            func both(_ verb: String, _ arguments: (Int) -> String) throws -> [String] {
                let lists = ["$(seq 0 99)", "$(seq 99 -1 0)"]
                let runs = try lists.enumerated().map { number, list in
                    try RunningCommand([
                        "sh", "-c",
                        run.replacing("$LIST", with: list).replacing("$VERB", with: verb).replacing(
                            "$ARGUMENTS", with: arguments(number)),
                    ])
                }
                return try runs.map { try $0.wait().output }
            }
            // One gives each container three interfaces, the other two.
            let shares = [[0, 1, 2], [3, 4]]
            let attached = try both("attach") { number in
                shares[number].map { "--net e$c.\($0):lan\($0)" }.joined(separator: " ")
            }
            #expect(attached == ["", ""])
            #expect(try sh("ip -o link | grep -c ': e[0-9]' || true") == "0\n")
            #expect(try sh("ls /run/hostdev/attachments | wc -l") == "500\n")
            #expect(
                try sh(
                    "for c in $(seq 0 99); do ip -n c$c -o link | grep -c ' lan[0-4]@'; done | sort | uniq -c | xargs")
                    == "100 5\n")
            // Both take everything from every container.
            let detached = try both("detach") { _ in "--all --if-attached" }
            #expect(detached == ["", ""])
            #expect(try sh(dump) == before)
            #expect(try sh("find /run/hostdev -type f; grep -c hostdev /proc/self/mountinfo || true") == "0\n")
        }
    }
}
