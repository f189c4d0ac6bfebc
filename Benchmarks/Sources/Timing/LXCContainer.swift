import Glibc

/// A container of LXC's, for `lxc-device`, which gives nothing to others. Busybox is all that is in it.
package struct LXCContainer {
    private static let folder = "/run/lxc"
    /// The scripts remove the control groups of that name.
    private static let name = "hostdev-benchmark"

    /// Nil where LXC is not installed. It has a network namespace; the lines are what else its configuration says.
    package init?(_ lines: [String]) {
        guard access("/usr/bin/lxc-device", X_OK) == 0 else { return nil }
        Command(
            shell: """
                root=\(Self.folder)/\(Self.name)/rootfs
                mkdir -p $root/bin $root/proc $root/sys $root/dev && cp /bin/busybox $root/bin
                cat > \(Self.folder)/\(Self.name)/config <<END
                lxc.uts.name = \(Self.name)
                lxc.rootfs.path = dir:$root
                lxc.init.cmd = /bin/busybox sleep 1000000
                lxc.net.0.type = empty
                lxc.apparmor.profile = unconfined
                \(lines.joined(separator: "\n"))
                END
                lxc-start -P \(Self.folder) -n \(Self.name)
                """
        ).run()
    }

    package func end() {
        Command(shell: "lxc-stop -P \(Self.folder) -n \(Self.name) -k").run()
    }

    /// How hostdev calls it.
    package let reference = "lxc:\(folder)/\(name)"

    /// Its init process.
    package var process: pid_t {
        let path = temporaryFile("")
        Command(shell: "lxc-info -P \(Self.folder) -n \(Self.name) -pH > \(path)").run()
        return pid_t(text(of: path).filter(\.isNumber)) ?? 0
    }

    /// `lxc-device` with arguments.
    package func device(_ arguments: [String]) -> Command {
        Command(["/usr/bin/lxc-device", "-P", Self.folder, "-n", Self.name] + arguments)
    }
}
