import Glibc
import Timing

/// The throw-away host on which everything is measured: the network and mount namespaces of this process, which has to
/// have been started in new ones, and a container, which is a network namespace with a process in it.
struct Host {
    /// The process of the container.
    let container: pid_t

    init() {
        Command(shell: "mount --make-rprivate / && mount -t tmpfs tmpfs /run && ip link set lo up").run()
        container = start(["/usr/bin/unshare", "--net", "sleep", "infinity"])
        // It is one as soon as it has a network namespace of its own, with a name for `ip -n`.
        Command(
            shell: """
                until ! [ /proc/\(container)/ns/net -ef /proc/self/ns/net ]; do sleep 0.01; done
                ip netns attach container \(container)
                """
        ).run()
    }

    func end() {
        kill(container, SIGKILL)
        waitpid(container, nil, 0)
    }

    /// Makes interfaces `NAME0`, `NAME1` … that are up, each the end of a cable.
    func makeInterfaces(_ name: String, _ count: Int) {
        batch(
            (0..<count).flatMap { number in
                [
                    "link add \(name)\(number) type veth peer name \(name)\(number)-peer",
                    "link set \(name)\(number) up",
                ]
            }
        ).run()
    }

    func removeInterfaces(_ name: String, _ count: Int) {
        batch((0..<count).map { "link del \(name)\($0)" }).run()
    }

    /// `ip -batch` with these lines.
    func batch(_ lines: [String], in prefix: [String] = []) -> Command {
        Command(prefix + ["/usr/sbin/ip", "-batch", temporaryFile(lines.joined(separator: "\n") + "\n")])
    }

    /// `ip` inside the container.
    var inside: [String] { ["/usr/bin/nsenter", "--target", "\(container)", "--net"] }

    /// The number of an interface.
    func number(of name: String) -> String { "\(if_nametoindex(name))" }
}
