import Glibc
import Timing

extension Host {
    /// Starts processes with network and mount namespaces of their own, each the child of one that seems to have been
    /// started with arguments, in which `ID` and `NUMBER` are the container's.
    func crowd(_ count: Int, _ arguments: [String] = ["engine"], from first: Int = 0) -> [pid_t] {
        let script = #"""
            my ($file, $count, $first, @template) = @ARGV;
            for my $number (0..$count - 1) {
                next if fork;
                my $id = sprintf "%064d", $first + $number;
                my @arguments = map { s/ID/$id/r =~ s/NUMBER/$number/r } @template;
                # The zeros fill what the kernel shows, whose last byte has to be one.
                $0 = join("\0", @arguments) . "\0" x 8192;
                my $child = fork;
                if (!$child) { exec "unshare", "--net", "--mount", "sleep", "1000000" }
                open my $list, ">", "$file/$number"; print $list $child; close $list;
                wait;
                exit;
            }
            """#
        write(script, to: "/run/crowd.pl")
        let quoted = arguments.map { "'\($0)'" }.joined(separator: " ")
        Command(
            shell: """
                rm -rf /run/crowd; mkdir /run/crowd
                perl /run/crowd.pl /run/crowd \(count) \(first) \(quoted)
                for n in $(seq 0 \(count - 1)); do
                    until [ -s /run/crowd/$n ] && grep -q sleep /proc/$(cat /run/crowd/$n)/comm; do sleep 0.01; done
                done
                """
        ).run()
        return (0..<count).map { pid_t(text(of: "/run/crowd/\($0)")) ?? 0 }
    }

    /// When a process started, in clock ticks after boot.
    func startTime(_ process: pid_t) -> UInt64 { UInt64(fields(process)[19]) ?? 0 }

    func parent(of process: pid_t) -> pid_t { pid_t(fields(process)[1]) ?? 0 }

    /// What `/proc/PID/stat` says behind the name.
    private func fields(_ process: pid_t) -> [Substring] {
        text(of: "/proc/\(process)/stat").split(separator: ")").last?.split(separator: " ") ?? []
    }

    /// Starts a script of Perl's that listens, and waits until it does.
    func serve(_ script: String, _ place: String, _ argument: String) {
        write(script, to: "/run/serve.pl")
        Command(
            shell: """
                perl /run/serve.pl \(place) \(argument) &
                until grep -q '\(place)' /proc/net/unix; do sleep 0.01; done
                """
        ).run()
    }

    /// A file with a text, in a folder that is made where it is not there.
    func stage(_ path: String, _ text: String) {
        var folder = ""
        for name in path.split(separator: "/").dropLast() {
            folder += "/\(name)"
            mkdir(folder, 0o755)
        }
        write(text, to: path)
    }
}

/// Programs that answer what LXC's monitor and LXD would answer. They are neither.
enum Servers {
    static let lxc = #"""
        use Socket;
        socket(my $s, AF_UNIX, SOCK_STREAM, 0);
        bind($s, pack("S a*", AF_UNIX, "\0$ARGV[0]/command")) or die;
        listen($s, 50);
        while (accept(my $c, $s)) { sysread $c, my $q, 16; syswrite $c, pack("l l q", 0, 0, $ARGV[1]) }
        """#

    static let lxd = #"""
        use IO::Socket::UNIX;
        my ($path) = $ARGV[0] =~ m|(.*)/|;
        mkdir $path;
        my $server = IO::Socket::UNIX->new(Local => $ARGV[0], Listen => 50) or die "$!";
        while (my $client = $server->accept) {
            my $only = (my $request = <$client>) =~ /only-lxd/;
            while (<$client> =~ /\S/) {}
            my $body = $request =~ /recursion/ ? '{"metadata": []}' : $only ? qq({"metadata": {"pid": $ARGV[1]}}) : '{"error": "Instance not found", "error_code": 404}';
            print $client "HTTP/1.0 200 OK\r\n\r\n$body";
            close $client;
        }
        """#
}
