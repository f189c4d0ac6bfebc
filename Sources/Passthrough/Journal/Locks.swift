internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// The locks of one run, on its container and on each device, held until the run is over.
struct Locks: ~Copyable {
    private let state: StateDirectory
    private let deadline: ContinuousClock.Instant
    private let whileWaiting: () throws -> Void
    /// Whether the run changes nothing: where there is no state directory nobody holds a lock, and none is made for one.
    let isDry: Bool
    private var held: [Held] = []

    /// FileLock is noncopyable and an array's elements are not.
    private final class Held {
        let name: ByteString
        let lock: FileLock
        init(_ name: ByteString, _ lock: consuming FileLock) {
            self.name = name
            self.lock = lock
        }
    }

    /// No lock yet; each is waited for until the deadline, or until `whileWaiting` throws.
    init(
        in state: StateDirectory, until deadline: ContinuousClock.Instant, isDry: Bool = false,
        whileWaiting: @escaping () throws -> Void
    ) {
        self.isDry = isDry
        self.state = state
        self.deadline = deadline
        self.whileWaiting = whileWaiting
    }

    /// Takes locks in the order of their names, which is everybody's order: no two runs wait for each other.
    mutating func take(_ names: some Sequence<String>, for what: String) throws {
        try take(names, for: what, until: deadline)
    }

    /// Takes locks, and fails with `busy` if another run holds one.
    mutating func takeAtOnce(_ names: some Sequence<String>) throws {
        try take(names, for: "it", until: .now)
    }

    /// Releases all locks but one.
    mutating func release(allBut name: String) { held.removeAll { $0.name != ByteString(name) } }

    private mutating func take(
        _ names: some Sequence<String>, for what: String, until deadline: ContinuousClock.Instant
    ) throws {
        for name in Set(names.map { ByteString($0) }).sorted() where !held.contains(where: { $0.name == name }) {
            while try !take(name, until: min(deadline, .now.advanced(by: .milliseconds(50)))) {
                try whileWaiting()
                guard ContinuousClock.now < deadline else {
                    throw PassthroughError(
                        .busy, "another run of hostdev is working on \(what)", hint: Hint(.waitForLock))
                }
            }
        }
    }

    /// Takes one lock. Returns whether it was free before the deadline.
    private mutating func take(_ name: ByteString, until deadline: ContinuousClock.Instant) throws -> Bool {
        do throws(SystemError) {
            held.append(Held(name, try FileLock(state.lock(name.text), until: deadline)))
            return true
        } catch {
            if isDry, error.code == .noSuchFileOrDirectory { return true }
            guard error.code == .resourceTemporarilyUnavailable else { throw error }
            return false
        }
    }
}
