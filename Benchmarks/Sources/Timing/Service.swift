import Glibc

/// `hostdev watch` at work, as it is where the service is installed.
package struct Service {
    private let process: pid_t

    package init(program: String) {
        process = start([program, "watch", "--quiet"])
        Command(shell: "until [ -e /run/hostdev/locks/watcher ]; do sleep 0.01; done").run()
    }

    package func end() {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    /// The most memory that it had in use until now, in KiB: VmHWM of proc(5).
    package var peakKiB: Int {
        let line = text(of: "/proc/\(process)/status").split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }
}
