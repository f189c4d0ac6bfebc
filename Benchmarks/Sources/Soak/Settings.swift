import Glibc

/// What is asked for, by `scripts/soak`.
struct Settings: Sendable {
    /// The program under test.
    let program: String
    let seconds: Int
    /// The same seed makes the same choices; how they meet each other is the machine's.
    let seed: UInt64
    let containers: Int
    /// How many do things at the same time.
    let workers: Int
    /// What the control groups' names begin with: those are the machine's.
    let tag: String
    /// Whether this is the guest, with SCSI units and radios of its own.
    let isGuest: Bool

    /// From `PROGRAM SECONDS SEED CONTAINERS WORKERS TAG [guest]`.
    init?(_ arguments: [String]) {
        guard arguments.count >= 6, let seconds = Int(arguments[1]), let seed = UInt64(arguments[2]),
            let containers = Int(arguments[3]), let workers = Int(arguments[4]), containers > 0, workers > 0
        else { return nil }
        program = arguments[0]
        self.seconds = seconds
        self.seed = seed
        self.containers = containers
        self.workers = workers
        tag = arguments[5]
        isGuest = arguments.dropFirst(6).first == "guest"
    }
}
