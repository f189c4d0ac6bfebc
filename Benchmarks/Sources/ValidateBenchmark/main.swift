// Runs `hostdev validate` on one small document, and `xmllint --noout` on the same, in turns, and compares the times of
// the whole processes. Exits with 1 when hostdev is beyond the limit.
//
// Usage: ValidateBenchmark PROGRAM DOCUMENT

import Glibc

let limit = 3.0
let turns = 300

guard CommandLine.arguments.count == 3 else {
    print("Usage: ValidateBenchmark PROGRAM DOCUMENT")
    exit(64)
}
let hostdev = [CommandLine.arguments[1], "validate", CommandLine.arguments[2]]
let xmllint = ["/usr/bin/xmllint", "--noout", CommandLine.arguments[2]]

/// How long a command takes, in milliseconds, with its output thrown away.
func milliseconds(_ command: [String]) -> Double {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0)
    let arguments = command.map { strdup($0) } + [nil]
    defer { for argument in arguments { free(argument) } }

    var child = pid_t()
    var status: Int32 = 0
    let duration = ContinuousClock().measure {
        guard posix_spawn(&child, command[0], &files, nil, arguments, environ) == 0,
            waitpid(child, &status, 0) == child, status == 0
        else { fatalError("\(command.joined(separator: " ")) failed") }
    }
    return Double(duration.components.attoseconds) / 1e15 + Double(duration.components.seconds) * 1e3
}

func median(_ numbers: [Double]) -> Double { numbers.sorted()[numbers.count / 2] }

func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }

var times: [(hostdev: Double, xmllint: Double)] = []
for _ in 0..<turns { times.append((milliseconds(hostdev), milliseconds(xmllint))) }
let ratio = median(times.map { $0.hostdev / $0.xmllint })
print("hostdev validate  \(rounded(median(times.map(\.hostdev)))) ms")
print("xmllint --noout   \(rounded(median(times.map(\.xmllint)))) ms")
print("ratio             \(rounded(ratio))")
if ratio > limit {
    print("hostdev is beyond the limit: \(limit) × the time of xmllint.")
    exit(1)
}
