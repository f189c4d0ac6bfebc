/// The jobs that have to be done, and when. A job that failed is tried again, each time after twice the delay.
struct PendingWork<Job: Hashable> {
    private struct Item {
        var due: ContinuousClock.Instant
        var attempts = 0
        /// The last failure, which is reported once.
        var failure: String?
    }

    private static var firstDelay: Duration { .milliseconds(100) }
    private static var longestDelay: Duration { .seconds(60) }

    private var items: [Job: Item] = [:]

    var isEmpty: Bool { items.isEmpty }

    /// When the next one is due.
    var nextDue: ContinuousClock.Instant? { items.values.map(\.due).min() }

    /// A job that is due now.
    func next() -> Job? {
        items.filter { $0.value.due <= .now }.min { $0.value.due < $1.value.due }?.key
    }

    /// Makes a job due at once.
    mutating func add(_ job: Job) {
        items[job, default: Item(due: .now)].due = .now
    }

    /// Removes a job that is done.
    mutating func finish(_ job: Job) {
        items[job] = nil
    }

    /// Postpones a job that failed. Returns whether the failure is a new one.
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
