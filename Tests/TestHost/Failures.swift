internal import LinuxSystem

/// Which calls to the kernel of a run are to fail, and with what: debug builds have `HOSTDEV_FAIL_AT`.
///
/// A test takes some of the calls, from a place that follows from a seed on, each with another error;
/// `HOSTDEV_CAMPAIGN=SEED` takes others, and `HOSTDEV_CAMPAIGN=full` all of them.
public struct Failures: Sequence, IteratorProtocol {
    /// A call that fails.
    public struct Failure: Sendable, CustomStringConvertible {
        let number: Int
        let error: String
        let seed: String

        /// What makes the program fail there.
        public var environment: [String: String] { ["HOSTDEV_FAIL_AT": "\(number):\(error)"] }
        /// For a failed expectation.
        public var description: String { "HOSTDEV_FAIL_AT=\(number):\(error) (HOSTDEV_CAMPAIGN=\(seed))" }
    }

    private static let errors = ["EMFILE", "ENOMEM", "EIO", "EINTR", "ENOBUFS", "ENOSPC", "ENFILE"]

    private let seed: String
    private let stride: Int
    private var number: Int
    private var turn: Int

    /// Some of the calls of a run that makes some hundreds: one of so many.
    public init(oneOf stride: Int) {
        seed = environmentVariable("HOSTDEV_CAMPAIGN") ?? "1"
        self.stride = seed == "full" ? 1 : stride
        turn = Int(seed) ?? 0
        number = 1 + turn % self.stride
    }

    /// The next one; it never ends.
    public mutating func next() -> Failure? {
        defer {
            number += stride
            turn += 1
        }
        return Failure(number: number, error: Self.errors[turn % Self.errors.count], seed: seed)
    }

    /// Whether a run came to the call that was to fail.
    public static func happened(in result: CommandResult) -> Bool { result.errors.contains("HOSTDEV_FAIL_AT") }
}
