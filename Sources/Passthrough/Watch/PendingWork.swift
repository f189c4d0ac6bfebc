/// The containers that have to be recovered, by the names of their locks, and when. What did not work is tried again, each
/// time after twice as long.
struct PendingWork {
    private struct Item {
        var due: ContinuousClock.Instant
        var attempts = 0
        /// What it failed for, said once.
        var failure: String?
    }

    private static let firstDelay = Duration.milliseconds(100)
    private static let longestDelay = Duration.seconds(60)

    private var items: [String: Item] = [:]

    var isEmpty: Bool { items.isEmpty }

    /// When the next one is due.
    var nextDue: ContinuousClock.Instant? { items.values.map(\.due).min() }

    /// One that is due now.
    func next() -> String? {
        items.filter { $0.value.due <= .now }.min { $0.value.due < $1.value.due }?.key
    }

    /// Something has happened to a container: it is due at once.
    mutating func add(_ lock: String) {
        items[lock, default: Item(due: .now)].due = .now
    }

    /// It is as it should be.
    mutating func finish(_ lock: String) {
        items[lock] = nil
    }

    /// It did not work, for a reason. Returns whether that is news.
    mutating func postpone(_ lock: String, for failure: String) -> Bool {
        var item = items[lock] ?? Item(due: .now)
        let isNews = item.failure != failure
        item.due = .now.advanced(by: min(Self.longestDelay, Self.firstDelay * (1 << min(item.attempts, 16))))
        item.attempts += 1
        item.failure = failure
        items[lock] = item
        return isNews
    }
}
