import Glibc
import Timing

/// `hostdev watch` at work, as it is where the service is installed.
struct Service {
    private let process: pid_t

    init(program: String) {
        process = start([program, "watch", "--quiet"])
        Command(shell: "until [ -e /run/hostdev/locks/watcher ]; do sleep 0.01; done").run()
    }

    func end() {
        kill(process, SIGTERM)
        waitpid(process, nil, 0)
    }

    /// The most memory that it had in use until now, in KiB: VmHWM of proc(5).
    var peakKiB: Int {
        guard let file = fopen("/proc/\(process)/status", "r") else { return 0 }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                .split { $0 == ":" || $0 == "\t" || $0 == " " }
            if words.first == "VmHWM", let number = Int(words[1]) { return number }
        }
        return 0
    }
}
