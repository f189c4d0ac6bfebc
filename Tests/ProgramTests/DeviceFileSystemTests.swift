import TestHost
import Testing

/// The machine has one devtmpfs, whoever mounts it: what is made in it is on the host's `/dev`.
@Suite struct DeviceFileSystemTests {
    private static let tmpfs = "mount -t tmpfs tmpfs /dev; mknod /dev/null c 1 3; mknod /dev/zero c 1 5"

    /// What hostdev itself has as its `/dev`, and where the container has the machine's.
    @Test(arguments: [
        // As on a host.
        (own: ":", container: ":"),
        // In a container that manages others.
        (own: tmpfs, container: ":"),
        // A directory of the root's file system, as in a chroot.
        (
            own: """
            d=/var/lib/hostdev-dev-$$; mkdir $d; mknod $d/null c 1 3; mknod $d/zero c 1 5
            mount --bind $d /dev; echo $d > /run/plain
            """,
            container: ":"
        ),
        // One directory of it, in a `/dev` of the container's own.
        (
            own: tmpfs,
            container: """
            d=$(find /dev/* -maxdepth 0 -type d | while read d; do
                [ $(stat -c %d $d) = $(stat -c %d /dev) ] && echo $d && break; done)
            mount --bind $d /tmp; mount -t tmpfs tmpfs /dev; mkdir /dev/part; mount --bind /tmp /dev/part
            """
        ),
        // Under a mount of the container's.
        (own: tmpfs, container: "mount -t tmpfs tmpfs /tmp; mount --bind /dev /tmp; mount --bind /tmp /dev"),
    ])
    func nothingIsMadeInIt(own: String, container script: String) throws {
        let zero = try sh("stat -c '%a %u:%g %i %Z' /dev/zero")
        try onThrowawayHost {
            let container = try TestContainer(.init(hasHostDevices: true))
            try sh(own)
            defer { _ = try? run(["sh", "-c", "[ -e /run/plain ] && umount /dev && rm -r $(cat /run/plain)"]) }
            try container.sh(script)
            let folder = script.contains("/dev/part") ? "/dev/part" : "/dev"
            let attach = try Program.run(
                "attach", container.reference, "-", input: Self.document("/dev/zero", "\(folder)/hostdev-test"))
            #expect(attach.status == 1, "\(attach)")
            #expect(attach.errors.contains("the host's own"), "\(attach)")
            #expect(try container.sh("find \(folder) -xdev -name '*hostdev*'") == "")
            // The host's node of that very device is covered, and not changed.
            if folder == "/dev" {
                let result = try Program.run(
                    "attach", container.reference, "-",
                    input: Self.document("/dev/zero", "/dev/zero", "<permissions mode='0640' uid='7' gid='8'/>"))
                #expect(result.status == 0, "\(result)")
                #expect(try container.sh("stat -c '%a %u:%g' /dev/zero") == "640 7:8\n")
                #expect(try Program.run("check").status == 0)
                #expect(try Program.run("detach", container.reference, "--all").status == 0)
                #expect(try container.sh("stat -c '%a %u:%g %i %Z' /dev/zero") == zero)
            }
            #expect(try sh("find /run/hostdev -type f") == "")
        }
        #expect(try sh("stat -c '%a %u:%g %i %Z' /dev/zero; find /dev -xdev -name '*hostdev*'") == zero)
    }

    private static func document(_ source: String, _ target: String, _ more: String = "") -> String {
        "<hostdev mode='capability' type='misc'><source dev='\(source)'/><target dev='\(target)'/>\(more)</hostdev>"
    }
}
