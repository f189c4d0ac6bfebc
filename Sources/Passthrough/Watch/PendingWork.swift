/// What has to be done, and when. What did not work is tried again, each time after twice as long.
struct PendingWork<Job: Hashable> {
    private struct Item {
        var due: ContinuousClock.Instant
        var attempts = 0
        /// What it failed for, said once.
        var failure: String?
    }

    private static var firstDelay: Duration { .milliseconds(100) }
    private static var longestDelay: Duration { .seconds(60) }

    private var items: [Job: Item] = [:]

    var isEmpty: Bool { items.isEmpty }

    /// When the next one is due.
    var nextDue: ContinuousClock.Instant? { items.values.map(\.due).min() }

    /// One that is due now.
    func next() -> Job? {
        items.filter { $0.value.due <= .now }.min { $0.value.due < $1.value.due }?.key
    }

    /// Something has happened: it is due at once.
    mutating func add(_ job: Job) {
        items[job, default: Item(due: .now)].due = .now
    }

    /// It is done.
    mutating func finish(_ job: Job) {
        items[job] = nil
    }

    /// It did not work, for a reason. Returns whether that is news.
    mutating func postpone(_ job: Job, for failure: String) -> Bool {
        var item = items[job] ?? Item(due: .now)
        let isNews = item.failure != failure
        item.due = .now.advanced(by: min(Self.longestDelay, Self.firstDelay * (1 << min(item.attempts, 16))))
        item.attempts += 1
        item.failure = failure
        items[job] = item
        return isNews
    }
}
