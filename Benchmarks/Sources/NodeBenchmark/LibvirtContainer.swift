import Glibc
import Timing

/// A container of libvirt's LXC driver, with a libvirtd of its own. It needs control groups of version 1 alone.
struct LibvirtContainer {
    private let daemon: pid_t
    /// The scripts remove the control groups of that name.
    private static let name = "hostdev-benchmark"

    let reference = "libvirt:\(name)"

    init() {
        // Of the daemon's drivers only that of LXC is left: others want users, and look for machines to run.
        Command(
            shell: """
                root=/run/libvirt-root
                mkdir -p $root/bin $root/proc $root/sys $root/dev && cp /bin/busybox $root/bin
                mkdir -p /run/libvirt-drivers
                for folder in /var/lib/libvirt /var/log/libvirt /etc/libvirt; do mount -t tmpfs tmpfs $folder; done
                drivers=$(dirname "$(find /usr/lib -name libvirt_driver_lxc.so)")
                cp "$drivers"/libvirt_driver_lxc.so /run/libvirt-drivers
                mount --bind /run/libvirt-drivers "$drivers"
                cat > /run/libvirt-domain.xml <<END
                <domain type='lxc'>
                  <name>\(Self.name)</name>
                  <memory unit='MiB'>64</memory>
                  <os><type>exe</type><init>/bin/busybox</init><initarg>sleep</initarg><initarg>1000000</initarg></os>
                  <features><privnet/></features>
                  <devices>
                    <filesystem type='mount'><source dir='$root'/><target dir='/'/></filesystem>
                    <console type='pty'/>
                  </devices>
                </domain>
                END
                """
        ).run()
        daemon = start(["/usr/sbin/libvirtd"])
        Command(shell: "until virsh -c lxc:/// list; do [ -e /proc/\(daemon)/fd/0 ] || exit 1; sleep 0.05; done").run()
        Command(shell: "virsh -c lxc:/// create /run/libvirt-domain.xml").run()
    }

    func end() {
        Command(shell: "virsh -c lxc:/// destroy \(Self.name)").run()
        kill(daemon, SIGTERM)
        waitpid(daemon, nil, 0)
    }

    /// `virsh attach-device`, `virsh detach-device` of a character device.
    func contender(_ device: String) -> Contender {
        let document = temporaryFile(
            """
            <hostdev mode='capabilities' type='misc'><source><char>\(device)</char></source></hostdev>

            """)
        let command = { (verb: String) in
            Command(["/usr/bin/virsh", "-c", "lxc:///", verb, Self.name, document])
        }
        return Contender(name: "virsh") {
            [command("attach-device")]
        } detach: {
            [command("detach-device")]
        }
    }
}
