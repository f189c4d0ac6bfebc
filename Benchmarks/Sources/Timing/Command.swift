import Glibc

/// A command that a benchmark runs again and again, as a whole process.
public struct Command: Sendable {
    /// The program's path, and its arguments.
    public let arguments: [String]
    /// What it has in its environment beyond the benchmark's own, `NAME=VALUE`.
    public let environment: [String]
    /// The file that is its standard input.
    public let input: String
    /// What it ends with, as it should.
    public let exitStatus: Int32

    /// A command whose program is a path.
    public init(_ arguments: [String], environment: [String] = [], input: String = "/dev/null", exitStatus: Int32 = 0) {
        self.arguments = arguments
        self.environment = environment
        self.input = input
        self.exitStatus = exitStatus
    }

    /// A command of the shell.
    public init(shell text: String) {
        self.init(["/bin/sh", "-c", text])
    }

    /// What one run took.
    public struct Cost: Sendable {
        /// From its start to its end.
        public let milliseconds: Double
        /// The most memory that the process had in use, in KiB.
        public let peakKiB: Int

        /// A cost from its parts.
        public init(milliseconds: Double, peakKiB: Int) {
            self.milliseconds = milliseconds
            self.peakKiB = peakKiB
        }
    }

    /// Runs it with its output thrown away. One that ends otherwise than it should
    /// ends the benchmark: its time means nothing.
    @discardableResult
    public func run() -> Cost {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 0, input, O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
        if exitStatus != 0 { posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0) }
        let pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        let own = Array(UnsafeBufferPointer(start: environ, count: Self.environmentCount))
        let added = environment.map { strdup($0) } + [nil]
        defer { for pointer in added { free(pointer) } }

        var child = pid_t()
        var status: Int32 = 0
        var usage = rusage()
        let duration = ContinuousClock().measure {
            guard posix_spawn(&child, arguments[0], &files, nil, pointers, own + added) == 0,
                wait4(child, &status, 0, &usage) == child, status == exitStatus << 8
            else { fatalError("\(arguments.joined(separator: " ")) failed with status \(status)") }
        }
        return Cost(milliseconds: duration.milliseconds, peakKiB: usage.ru_maxrss)
    }

    private static var environmentCount: Int {
        var count = 0
        while environ[count] != nil { count += 1 }
        return count
    }
}

extension Duration {
    /// The time in milliseconds.
    public var milliseconds: Double {
        Double(components.attoseconds) / 1e15 + Double(components.seconds) * 1e3
    }
}

/// The median; of an even number of numbers the greater of the two in the middle.
public func median(_ numbers: [Double]) -> Double {
    numbers.sorted()[numbers.count / 2]
}

/// A number with two digits behind the point.
public func rounded(_ number: Double) -> String {
    let hundredths = Int((number * 100).rounded())
    let rest = hundredths % 100
    return "\(hundredths / 100).\(rest < 10 ? "0" : "")\(rest)"
}
