import TestHost
import Testing

/// A watcher that cannot read as fast as devices are announced: the kernel drops what its socket cannot take (ENOBUFS).
@Suite struct LostAnnouncementTests {
    /// Many to libudev's group of this host's network namespace alone, none of which is about a device with a node.
    private static let flood = """
        socket(my $socket, 16, 3, 15) or die $!;
        my $group = pack "S S L L", 16, 0, 0, 2;
        send $socket, "libudev\\0" . "x" x 900, 0, $group for 1 .. 20_000;
        """

    /// A device has left the host, and what told of that is among what was lost: none of what is left does.
    @Test func aDeviceThatHasLeftIsFoundAllTheSame() throws {
        try onThrowawayHost {
            let container = try TestContainer()
            let watch = try Program.start("watch")
            try until("grep -q watching /proc/\(watch.id)/fd/2")
            let document =
                "<hostdev mode='capability' type='misc'><source dev='/dev/zero'/><target dev='/dev/zero'/></hostdev>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            try sh("kill -STOP \(watch.id)")
            // What a look at the host finds when it has gone.
            try sh(
                "sed -i \"s|identity=['\\\"][^'\\\"]*|identity='/sys/devices/gone|\" /run/hostdev/attachments/*.xml")
            try sh("perl -e '\(Self.flood)'")
            // Of the sockets for uevents, the watcher's is the only one on this host.
            #expect(try sh("awk '$2 == 15 && $9 > 0' /proc/\(watch.id)/net/netlink | wc -l") == "1\n")
            try sh("kill -CONT \(watch.id)")
            try until("\(Program.path) list | grep -q ' away '")
            // The record says so first.
            try until("! ls /proc/\(container.id)/root/dev | grep -q zero")
            #expect(try container.sh("ls /dev") == "null\n")
            try sh("kill -TERM \(watch.id)")
            _ = try watch.wait()
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }
}
