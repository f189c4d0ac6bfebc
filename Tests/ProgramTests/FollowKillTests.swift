import TestHost
import Testing

/// SIGKILL between any two steps of following a device away and back. A device that every host has goes by saying in the
/// record that it was another one, which is what a look at the host finds when it has gone.
@Suite struct FollowKillTests {
    private func say(identity: String) throws {
        try sh("sed -i \"s|identity=['\\\"][^'\\\"]*|identity='\(identity)|\" /run/hostdev/attachments/*.xml")
    }

    @Test func killedAtEachStep() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let identity = "/sys/devices/virtual/mem/zero"
            let document =
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/a/b'/></hostdev>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            let files = "find /dev | grep -cE '^/dev/a|hostdev' || true"
            var kills = 0
            for isAway in [true, false] {
                for step in 1... {
                    try say(identity: isAway ? "/sys/devices/gone" : identity)
                    let killed = try Program.run("recover", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    let again = try Program.run("recover")
                    #expect(again.status == 0, "\(again)")
                    let list = try Program.run("list").output
                    #expect(list.contains(isAway ? " away " : " attached "), "\(list) after step \(step)")
                    // Node and folder go and come together.
                    #expect(try container.sh(files) == (isAway ? "0\n" : "2\n"), "after step \(step)")
                    guard killed.status == 128 + 9 else { break }
                    kills += 1
                    try say(identity: isAway ? identity : "/sys/devices/gone")
                    #expect(try Program.run("recover").status == 0)
                }
            }
            #expect(kills >= 10)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
