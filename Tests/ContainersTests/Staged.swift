import Glibc
import LinuxSystem
import TestHost

/// State as engines keep it, staged for processes that no engine has started: for engines that cannot run here, and for
/// states that real ones leave only when something goes wrong.
enum Staged {
    static func startTime(_ id: Int32) throws -> UInt64 { try ProcessStatus(of: id).startTime }

    /// A state folder of runc's.
    static func runc(_ folder: String, process: Int32, start: UInt64?, more: String = "") throws {
        let start = start.map { #", "init_process_start": \#($0)"# } ?? ""
        try write("\(folder)/state.json", #"{"id": "x", "init_process_pid": \#(process)\#(start)\#(more)}"#)
    }

    static func write(_ path: String, _ text: String) throws {
        try sh("mkdir -p \"$(dirname '\(path)')\"; cat > '\(path)' <<'END'\n\(text)\nEND")
    }

    /// A process with a network namespace of its own whose parent seems to have been started with arguments by a user, as
    /// LXC's monitors (which have a title instead), conmon, systemd-nspawn, and libvirt's controllers.
    ///
    /// With `userNamespace` the process is the user's too, and in a user namespace that the user has made.
    static func child(
        of arguments: String..., user: Int = 0, userNamespace: Bool = false
    ) throws -> (id: Int32, parent: RunningCommand) {
        let script = #"""
            my ($user, $own, @arguments) = @ARGV;
            # The zeros fill what the kernel shows, whose last byte has to be one.
            $0 = join("\0", @arguments) . "\0" x 8192;
            $| = 1;
            my $child = fork // die;
            if (!$child) {
                # The parent may be another user by then, whose death kills nobody of root's.
                my ($id, $parent) = ($$, getppid);
                exec "sh", "-c", "while [ -e /proc/$parent ]; do sleep 0.1; done; kill -9 $id" unless fork // die;
                $< = $> = $user if $own;
                exec "unshare", ($own ? "--user" : ()), "--net", "--mount", "sleep", "1000000";
            }
            $< = $> = $user;
            print "$child\n"; wait; sleep 1000000;
            """#
        let parent = try RunningCommand(["perl", "-e", script, "\(user)", userNamespace ? "1" : ""] + arguments)
        try untilTrue { parent.outputSoFar.hasSuffix("\n") }
        let id = Int32(parent.outputSoFar.filter(\.isNumber)) ?? 0
        try until("grep -q sleep /proc/\(id)/comm")
        return (id, parent)
    }

    /// Somebody who answers under the name of LXC's monitor that a process is the container's init.
    static func monitor(_ folder: String, process: Int32, user: Int = 0) throws -> RunningCommand {
        let script = #"""
            use Socket;
            $< = $> = $ARGV[2];
            socket(my $s, AF_UNIX, SOCK_STREAM, 0);
            bind($s, pack("S a*", AF_UNIX, "\0$ARGV[0]/command")) or die;
            listen($s, 5);
            while (accept(my $c, $s)) { sysread $c, my $q, 16; syswrite $c, pack("l l q", 0, 0, $ARGV[1]) }
            """#
        try sh("mkdir -p \(folder); touch \(folder)/config")
        let monitor = try RunningCommand(["perl", "-e", script, folder, "\(process)", "\(user)"])
        try until("grep -q '@\(folder)/command' /proc/net/unix")
        return monitor
    }

    /// A daemon that answers HTTP requests on a socket with the files of a folder, as LXD and Incus would; it is neither. A
    /// request for `/1.0/x?y` gets the file `1.0_x`, or the error that they have for what is not there. A file `1.0_x.raw` is
    /// all of the answer, and where the name has `drip` in it one byte comes after the other, without an end.
    static func fakeInstanceServer(_ socket: String, folder: String) throws -> RunningCommand {
        let script = #"""
            use IO::Socket::UNIX;
            $SIG{PIPE} = "IGNORE";
            my $server = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 50) or die "$!";
            while (my $client = $server->accept) {
                my ($path) = <$client> =~ m|^GET /([^? ]+)|;
                while (<$client> =~ /\S/) {}
                $path =~ s|/|_|g;
                if ($path =~ /drip/) { select undef, undef, undef, 0.1 while syswrite $client, " "; next }
                if (open my $file, "<", "$ARGV[1]/$path.raw") { local $/; print {$client} <$file>; close $client; next }
                my $body = '{"type": "error", "error": "Instance not found", "error_code": 404}';
                if (open my $file, "<", "$ARGV[1]/$path") { local $/; $body = <$file> }
                print $client "HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n$body";
                close $client;
            }
            """#
        try sh("mkdir -p \"$(dirname '\(socket)')\" '\(folder)'")
        let server = try RunningCommand(["perl", "-e", script, socket, folder])
        try until("[ -S \(socket) ]")
        return server
    }

    private static func untilTrue(_ condition: () -> Bool) throws {
        for _ in 0..<60_000 where !condition() { usleep(10_000) }
    }
}
