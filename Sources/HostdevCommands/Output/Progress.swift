internal import Passthrough
internal import Synchronization

/// How far a batch is, on one line of a terminal that each step overwrites.
final class Progress: Sendable {
    private let total: Int
    private let seen = Mutex<Set<String>>([])

    /// Progress through so many devices.
    init(of total: Int) {
        self.total = total
    }

    /// Shows the device that a step is about.
    func show(_ step: Step) {
        let count = seen.withLock {
            $0.insert(step.device)
            return $0.count
        }
        // To the line's beginning, and clear it; the last device's line is cleared for what follows.
        writeTerminal("\r\u{1B}[K\(count)/\(total) \(step.device.printable)")
    }

    deinit { writeTerminal("\r\u{1B}[K") }
}
