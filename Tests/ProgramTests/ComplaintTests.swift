import TestHost
import Testing

/// What users of other systems complain about in public, from its beginning to its end: whatever happened, the host is as
/// it was afterwards, and nothing is left. docs/complaints.md names the tests of the others.
@Suite struct ComplaintTests {
    struct Complaint: Sendable, CustomTestStringConvertible {
        /// What goes wrong elsewhere, and where that is said.
        let complaint: String
        /// What is done, in the words of a shell: `one` and `two` run a command in a container, `dies` ends one.
        let story: String
        var testDescription: String { complaint }
    }

    private static let complaints: [Complaint] = [
        Complaint(
            complaint: "a late undo resets the device of the next container (sriov-cni#219)",
            story: """
                hostdev attach pid:$ONE --net eth0:lan0
                dies $ONE; hostdev recover
                hostdev attach pid:$TWO --net eth0:lan0
                hostdev detach pid:$ONE --net eth0 --if-attached
                hostdev detach pid:$ONE --all --if-attached
                two ip link show lan0 | grep -q UP
                hostdev detach pid:$TWO --net lan0
                """),
        Complaint(
            complaint: "an alternative name that was left refuses the next attach (sriov-cni#445)",
            story: """
                for turn in 1 2 3; do
                    hostdev attach pid:$ONE --net eth0:lan0
                    one ip link property add dev lan0 altname left0
                    hostdev detach pid:$ONE --all
                done
                """),
        Complaint(
            complaint: "the container's end takes the host's interface of the same name down (incus#146)",
            story: """
                hostdev attach pid:$ONE --net eth7:eth0
                dies $ONE; hostdev recover
                ip link show eth0 | grep -q ,UP
                """),
        Complaint(
            complaint: "eth14 comes home as dev16 (lxc#783)",
            story: """
                for n in 10 11 12 13 14 15 16; do set -- "$@" --net eth$n:eth$((n - 10)); done
                hostdev attach pid:$ONE "$@"
                dies $ONE; hostdev recover
                """),
        Complaint(
            complaint: "an undo that comes again fails (plugins of the CNI)",
            story: """
                hostdev attach pid:$ONE --net eth0:lan0
                hostdev detach pid:$ONE --net eth0 --if-attached
                hostdev detach pid:$ONE --net eth0 --if-attached
                dies $ONE
                hostdev detach pid:$ONE --net eth0 --if-attached
                """),
        Complaint(
            complaint: "stuck in a namespace that is deleted, until the next boot (multus-cni#1134)",
            story: """
                ip netns add blue
                hostdev attach netns:blue --net eth0:lan0
                ip netns del blue
                hostdev recover
                """),
        Complaint(
            complaint: "a rename inside defeats the detach (plugins#773, infix#708)",
            story: """
                hostdev attach pid:$ONE --net eth0:lan0
                one ip link set lan0 down; one ip link set lan0 name uplink; one ip link set uplink up
                hostdev detach pid:$ONE --net eth0
                """),
        Complaint(
            complaint: "an MTU of the container's stays (lxd#5745)",
            story: """
                hostdev attach pid:$ONE --net eth0:lan0
                one ip link set lan0 mtu 1280
                dies $ONE; hostdev recover
                """),
        Complaint(
            complaint: "who moved it forgets it when started anew (dranet#89)",
            story: """
                "$HOSTDEV" watch --quiet & watcher=$!
                until [ -e /run/hostdev/locks/watcher ]; do sleep 0.05; done
                hostdev attach pid:$ONE --net eth0:lan0
                kill -9 $watcher; wait $watcher || true
                dies $ONE
                hostdev watch --quiet --until-idle
                """),
        Complaint(
            complaint: "a container cannot have it before a reboot when it was killed on its way (runc#4363)",
            story: """
                if HOSTDEV_KILL_AT=8 "$HOSTDEV" attach pid:$ONE --net eth0:lan0 --no-watch; then exit 1; fi
                hostdev attach pid:$TWO --net eth0:lan0
                hostdev detach pid:$TWO --all
                """),
    ]

    @Test(arguments: complaints)
    func isNoneOfOurs(_ complaint: Complaint) throws {
        try onThrowawayHost {
            try HostInterface.make()
            try sh(
                """
                for n in 7 10 11 12 13 14 15 16; do
                    ip link add eth$n type veth peer name peer$n; ip link set eth$n up
                done
                """)
            let before = try HostInterface.dump()
            let links = try sh("ip -br link | sort")
            let one = try TestContainer()
            let two = try TestContainer()
            let told = try run(
                [
                    "timeout", "300", "sh", "-ec",
                    """
                    hostdev() { verb=$1; shift; case $verb in attach) set -- "$@" --no-watch ;; esac; "$HOSTDEV" $verb "$@"; }
                    one() { nsenter --target $ONE --all "$@"; }
                    two() { nsenter --target $TWO --all "$@"; }
                    dies() { kill -9 $1; while kill -0 $1 2> /dev/null; do sleep 0.05; done; }
                    \(complaint.story)
                    """,
                ],
                environment: ["HOSTDEV": Program.path, "ONE": "\(one.id)", "TWO": "\(two.id)"])
            #expect(told.status == 0, "\(told)")
            #expect(try HostInterface.changes(since: before) == "")
            #expect(try sh("ip -br link | sort") == links)
            #expect(try sh("find /run/hostdev -type f 2> /dev/null || true") == "")
        }
    }
}
