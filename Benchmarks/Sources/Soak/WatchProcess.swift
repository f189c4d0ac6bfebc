import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestHost

/// The one `hostdev watch`, and what it has in use over time.
final class WatchProcess: Sendable {
    struct Sample: Sendable {
        let seconds: Int
        let kibibytes: Int
        let descriptors: Int
    }

    private let process: RunningCommand
    private let taken = Mutex<[Sample]>([])

    init(_ program: String) throws {
        process = try RunningCommand([program, "watch"])
        try until("grep -q watching /proc/\(process.id)/fd/2")
    }

    var id: Int32 { process.id }
    var samples: [Sample] { taken.withLock { $0 } }
    var isAlive: Bool { (try? ProcessStatus(of: id).hasEnded) == false }

    /// What it has in use now. Nil: it has gone.
    func sample(at seconds: Int) -> Sample? {
        guard let text = try? readText(FilePath("/proc/\(id)/status")),
            let line = text.lines.first(where: { $0.hasPrefix("VmRSS:") }), let size = Int(line.filter(\.isNumber)),
            let descriptors = try? directoryEntries(FilePath("/proc/\(id)/fd")).count
        else { return nil }
        let sample = Sample(seconds: seconds, kibibytes: size, descriptors: descriptors)
        taken.withLock { $0.append(sample) }
        return sample
    }

    /// What it has complained of until now, its last lines.
    var complaints: String { (try? sh("tail -n 20 /proc/\(id)/fd/2")) ?? "" }

    func stop() throws -> CommandResult {
        kill(id, SIGTERM)
        return try process.wait()
    }
}

extension [WatchProcess.Sample] {
    /// By how many KiB a minute its memory grew in the second half of the time: the slope of the line that fits best.
    var slope: Double {
        let half = suffix(count / 2).map { (x: Double($0.seconds) / 60, y: Double($0.kibibytes)) }
        guard half.count > 1 else { return 0 }
        let count = Double(half.count)
        let (x, y) = (half.map(\.x).reduce(0, +) / count, half.map(\.y).reduce(0, +) / count)
        let spread = half.map { ($0.x - x) * ($0.x - x) }.reduce(0, +)
        return spread == 0 ? 0 : half.map { ($0.x - x) * ($0.y - y) }.reduce(0, +) / spread
    }
}
