import Synchronization
import SystemPackage

/// What happened, counted, and what was found wrong.
final class Ledger: Sendable {
    struct Entries: Sendable {
        /// Exit statuses by verb.
        var runs: [String: [String: Int]] = [:]
        /// Why the program refused: codes and messages without what is different each time.
        var refusals: [String: Int] = [:]
        /// Everything else that happened.
        var events: [String: Int] = [:]
        var faults: [String] = []
        /// What was last done with each container.
        var history: [String: [String]] = [:]
    }

    private let entries = Mutex(Entries())
    private let start = ContinuousClock.now

    var all: Entries { entries.withLock { $0 } }
    var elapsed: Int { Int((ContinuousClock.now - start).components.seconds) }

    func count(_ event: String, _ number: Int = 1) {
        entries.withLock { $0.events[event, default: 0] += number }
    }

    func count(_ verb: String, ended: String) {
        entries.withLock { $0.runs[verb, default: [:]][ended, default: 0] += 1 }
    }

    func count(refusal: String) {
        entries.withLock { $0.refusals[refusal, default: 0] += 1 }
    }

    /// Notes what was done with a container.
    func note(_ deed: String, of container: String) {
        let line = "\(elapsed) s: \(deed)"
        entries.withLock { entries in
            entries.history[container, default: []].append(line)
            if entries.history[container, default: []].count > 12 { entries.history[container]?.removeFirst() }
        }
    }

    /// What was last done with a container, a line each.
    func history(of container: String) -> String {
        entries.withLock { $0.history[container, default: []].joined(separator: "\n") }
    }

    /// Something is wrong. It is said at once, and at the end.
    func fault(_ text: String) {
        let line = "after \(elapsed) s: \(text)"
        entries.withLock { $0.faults.append(line) }
        _ = try? FileDescriptor.standardError.writeAll("WRONG, \(line)\n".utf8)
    }
}
