internal import ArgumentParser
internal import LinuxSystem

/// The value of `--wait`.
enum WaitLimit: ExpressibleByArgument, CustomStringConvertible {
    /// `--wait` without a value: wait as long as `--timeout` says.
    case timeout
    case seconds(Double)

    init?(argument: String) {
        guard let seconds = Double(argument), (0...1e6).contains(seconds) else { return nil }
        self = .seconds(seconds)
    }

    var seconds: Double? { if case .seconds(let seconds) = self { seconds } else { nil } }
    var description: String { seconds.map { "\($0)" } ?? "--timeout" }

    /// Refuses `--wait` with `--through-vzctl`, and an invalid value, which ArgumentParser would treat like no value.
    static func validate(_ wait: WaitLimit?, _ scope: ScopeOptions) throws {
        guard wait == nil || !scope.throughVzctl else {
            throw ValidationError("--wait cannot be combined with --through-vzctl")
        }
        let values = programArguments().filter { $0.hasPrefix("--wait=") }.map { String($0.dropFirst(7)) }
        guard values.allSatisfy({ WaitLimit(argument: $0) != nil }) else {
            throw ValidationError("--wait takes a number of seconds from 0 to 1000000")
        }
    }
}
