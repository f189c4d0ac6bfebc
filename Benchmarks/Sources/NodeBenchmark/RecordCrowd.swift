import Glibc
import Timing

/// Hosts with different numbers of other attachments: state directories in which a container of its own has so many nodes.
struct RecordCrowd {
    private let program: String
    private let sizes: [Int]
    private let containers: [pid_t]

    init(program: String, sizes: [Int]) {
        self.program = program
        self.sizes = sizes
        let greatest = sizes.max() ?? 0
        // Devices that no driver has, with nodes that nobody else sees.
        Command(
            shell: "mkdir /run/nodes && seq 0 \(greatest - 1) | xargs -I N mknod /run/nodes/N c 61 N"
        ).run()
        containers = sizes.map { size in
            print("a host with \(size) other attachments")
            let container = start([
                "/usr/bin/unshare", "--net", "--mount", "sh", "-c",
                "mount -t tmpfs tmpfs /dev && touch /dev/ready && exec sleep infinity",
            ])
            Command(shell: "until [ -e /proc/\(container)/root/dev/ready ]; do sleep 0.01; done").run()
            let document = Hostdev.document(.misc, (0..<size).map { ("/run/nodes/\($0)", "/dev/node\($0)") })
            Command([program, "attach", "pid:\(container)", "--state-dir", Self.state(size), document]).run()
            return container
        }
    }

    func end() {
        for container in containers {
            kill(container, SIGKILL)
            waitpid(container, nil, 0)
        }
    }

    private static func state(_ size: Int) -> String { "/run/hostdev-\(size)" }

    /// The attach and the detach of one node on each, in turns.
    func race(_ device: String, reference: String, turns: Int) -> Race {
        Race(
            sizes.map { size in
                let hostdev = Hostdev(program: program, reference: reference, state: Self.state(size))
                return hostdev.contender(device, named: "\(size)")
            }, turns: turns)
    }
}
