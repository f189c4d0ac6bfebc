internal import LinuxSystem
internal import SystemPackage

/// The locks of one run, on its container and on each device, held until the run is over.
struct Locks: ~Copyable {
    private let state: StateDirectory
    private let deadline: ContinuousClock.Instant
    private var held: [Held] = []

    /// FileLock is noncopyable and an array's elements are not.
    private final class Held {
        let name: String
        let lock: FileLock
        init(_ name: String, _ lock: consuming FileLock) {
            self.name = name
            self.lock = lock
        }
    }

    /// No lock yet; each is waited for until the deadline.
    init(in state: StateDirectory, until deadline: ContinuousClock.Instant) {
        self.state = state
        self.deadline = deadline
    }

    /// Takes locks in the order of their names, which is everybody's order: no two runs wait for each other.
    mutating func take(_ names: some Sequence<String>, for what: String) throws {
        try take(names, for: what, until: deadline)
    }

    /// Takes locks that nobody holds.
    mutating func takeAtOnce(_ names: some Sequence<String>) throws {
        try take(names, for: "it", until: .now)
    }

    private mutating func take(
        _ names: some Sequence<String>, for what: String, until deadline: ContinuousClock.Instant
    ) throws {
        for name in Set(names).sorted() where !held.contains(where: { $0.name == name }) {
            do throws(SystemError) {
                held.append(Held(name, try FileLock(state.lock(name), until: deadline)))
            } catch {
                guard error.code == .resourceTemporarilyUnavailable else { throw error }
                throw PassthroughError(
                    .busy, "another run of hostdev is working on \(what)", hint: "try again, or wait with --timeout")
            }
        }
    }
}
