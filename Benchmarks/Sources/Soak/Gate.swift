import Glibc

/// Lets workers do one thing after the other, and has them wait while everything is looked at.
final class Gate: @unchecked Sendable {
    private var mutex = pthread_mutex_t()
    private var change = pthread_cond_t()
    private var isClosed = false
    private var inside = 0

    init() {
        pthread_mutex_init(&mutex, nil)
        pthread_cond_init(&change, nil)
    }

    /// Does one thing, as soon as the gate is open.
    func pass(_ body: () -> Void) {
        update(when: { !isClosed }) { inside += 1 }
        body()
        update { inside -= 1 }
    }

    /// Does one thing while nobody else does any.
    func passAlone(_ body: () throws -> Void) rethrows {
        update(when: { !isClosed }) { isClosed = true }
        update(when: { inside == 0 }) {}
        defer { open() }
        try body()
    }

    /// Returns when all have done what they were at, and begin nothing more.
    func close() {
        update { isClosed = true }
        update(when: { inside == 0 }) {}
    }

    func open() {
        update { isClosed = false }
    }

    private func update(when isReady: () -> Bool = { true }, _ body: () -> Void) {
        pthread_mutex_lock(&mutex)
        while !isReady() { pthread_cond_wait(&change, &mutex) }
        body()
        pthread_cond_broadcast(&change)
        pthread_mutex_unlock(&mutex)
    }
}

/// Runs a body on a thread of its own. What it starts ends with that thread at the latest.
func startThread(_ body: @escaping @Sendable () -> Void) -> pthread_t {
    final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    var thread = pthread_t()
    let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { work in
        if let work { Unmanaged<Work>.fromOpaque(work).takeRetainedValue().body() }
        return nil
    }
    guard pthread_create(&thread, nil, start, Unmanaged.passRetained(Work(body)).toOpaque()) == 0 else {
        fatalError("a thread cannot be started: \(errno)")
    }
    return thread
}
