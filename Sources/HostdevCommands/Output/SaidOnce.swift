internal import Synchronization

/// Lines for standard error that may come about several times, and are said the first time.
final class SaidOnce: Sendable {
    private let said = Mutex<Set<String>>([])

    func say(_ line: String) {
        if said.withLock({ $0.insert(line).inserted }) { writeError(line) }
    }
}
