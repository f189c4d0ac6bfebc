import Glibc
import Timing

/// A container of LXC's, for `lxc-device`, which moves interfaces into no other. Busybox is all that is in it.
struct LXCContainer {
    private let folder = "/run/lxc"
    /// `Benchmarks/interfaces` removes the control groups of that name.
    private let name = "hostdev-benchmark"

    /// Nil where LXC is not installed.
    init?() {
        guard access("/usr/bin/lxc-device", X_OK) == 0 else { return nil }
        Command(
            shell: """
                root=\(folder)/\(name)/rootfs
                mkdir -p $root/bin $root/proc $root/sys $root/dev && cp /bin/busybox $root/bin
                cat > \(folder)/\(name)/config <<END
                lxc.uts.name = \(name)
                lxc.rootfs.path = dir:$root
                lxc.init.cmd = /bin/busybox sleep 1000000
                lxc.net.0.type = empty
                lxc.apparmor.profile = unconfined
                lxc.autodev = 0
                END
                lxc-start -P \(folder) -n \(name)
                """
        ).run()
    }

    func end() {
        Command(shell: "lxc-stop -P \(folder) -n \(name) -k").run()
    }

    /// `lxc-device add eth0 lan0`, `lxc-device del lan0 eth0`.
    func contender(_ interface: String) -> Contender {
        let command = { (arguments: [String]) in
            Command(["/usr/bin/lxc-device", "-P", folder, "-n", name] + arguments)
        }
        return Contender(name: "lxc-device") {
            [command(["add", interface, "lan0"])]
        } detach: {
            [command(["del", "lan0", interface])]
        }
    }
}
