import Glibc
import Timing

/// The contenders for a number of interfaces, `NAME0` … on the host and `lan0` … in the container.
struct Contenders {
    let host: Host
    let program: String
    let floor: String
    let interface: String
    let count: Int

    /// The program with nothing but the kernel's work, which begins after some milliseconds of being busy.
    func kernel(after milliseconds: Int = 0) -> Contender {
        Contender(name: milliseconds == 0 ? "C floor" : "C floor, \(milliseconds) ms later") {
            let pairs: [String] = (0..<count).flatMap { [host.number(of: "\(interface)\($0)"), "lan\($0)"] }
            return [Command([floor, "\(host.container)", "\(milliseconds)"] + pairs)]
        } detach: {
            back
        }
    }

    /// With a watcher at work, as where the service runs.
    var hostdev: Contender { hostdev("hostdev", state: "/run/hostdev") }

    /// The first attach on a host without the service, which starts a watcher; it leaves after the detach.
    var hostdevAlone: Contender { hostdev("hostdev, starts the watcher", state: "/run/hostdev-alone") }

    private func hostdev(_ name: String, state: String) -> Contender {
        let devices = (0..<count).map { number in
            "<hostdev mode='capability'><source name='\(interface)\(number)'/><target name='lan\(number)'/></hostdev>"
        }
        let document = temporaryFile("<devices>\n\(devices.joined(separator: "\n"))\n</devices>\n")
        let one = ["--net", "\(interface)0:lan0"]
        let common = ["pid:\(host.container)", "--state-dir", state]
        return Contender(name: name) {
            [Command([program, "attach"] + common + (count == 1 ? one : [document]))]
        } detach: {
            [Command([program, "detach"] + common + ["--all"])]
        }
    }

    /// One command that moves and names.
    var ip: Contender {
        Contender(name: "ip") {
            [Command(["/usr/sbin/ip", "link", "set", "\(interface)0", "netns", "\(host.container)", "name", "lan0"])]
        } detach: {
            back
        }
    }

    /// What manuals say: move, name, switch on.
    var ipThrice: Contender {
        Contender(name: "ip, three commands") {
            [
                Command(["/usr/sbin/ip", "link", "set", "\(interface)0", "netns", "\(host.container)"]),
                Command(["/usr/sbin/ip", "-n", "container", "link", "set", "\(interface)0", "name", "lan0"]),
                Command(["/usr/sbin/ip", "-n", "container", "link", "set", "lan0", "up"]),
            ]
        } detach: {
            back
        }
    }

    var ipBatch: Contender {
        Contender(name: "ip -batch") {
            [
                host.batch(
                    (0..<count).map { "link set \(interface)\($0) netns \(host.container) name lan\($0) up" })
            ]
        } detach: {
            back
        }
    }

    /// The plugin of the container network interface; nil where it is not installed.
    var cni: Contender? {
        let places: [String] = ["/usr/lib/cni/host-device", "/opt/cni/bin/host-device"]
        let plugin = places.first { access($0, X_OK) == 0 }
        guard let plugin else { return nil }
        let configuration = temporaryFile(
            #"{"cniVersion": "1.0.0", "name": "benchmark", "type": "host-device", "device": "\#(interface)0"}"#)
        let command = { (verb: String) in
            Command(
                [plugin],
                environment: [
                    "CNI_COMMAND=\(verb)", "CNI_CONTAINERID=benchmark", "CNI_IFNAME=lan0", "CNI_PATH=/usr/lib/cni",
                    "CNI_NETNS=/run/netns/container",
                ],
                input: configuration)
        }
        return Contender(name: "CNI host-device") {
            [command("ADD")]
        } detach: {
            [command("DEL")]
        }
    }

    /// The way home for those who have none of their own.
    private var back: [Command] {
        [
            host.batch(
                (0..<count).map { "link set lan\($0) netns \(getpid()) name \(interface)\($0)" }, in: host.inside)
        ]
    }
}

extension LXCContainer {
    /// `lxc-device add eth0 lan0`, `lxc-device del lan0 eth0`.
    func contender(_ interface: String, _ name: String) -> Contender {
        Contender(name: "lxc-device") {
            [device(["add", interface, name])]
        } detach: {
            [device(["del", name, interface])]
        }
    }
}
