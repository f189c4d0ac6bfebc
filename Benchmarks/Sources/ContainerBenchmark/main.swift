// Measures how long it takes to find a container by a reference, with its engine's state staged on disk, and writes a table.
// The processes are real; no engine runs. Has to be started as root in network, mount and PID namespaces of its own:
// Benchmarks/containers does that. Exits with 1 when a limit is exceeded.
//
// Usage: ContainerBenchmark PROGRAM FILE

import Glibc
import Timing

guard CommandLine.arguments.count == 3 else {
    print("Usage: ContainerBenchmark PROGRAM FILE")
    exit(64)
}
let program = CommandLine.arguments[1]

let host = Host()
let staged = host.stageOneOfEach()
var isWithinLimits = true

/// What finding takes beyond `pid:`, which has no engine to ask.
@MainActor func added(_ reference: String, base: Double, limit: Double) -> String {
    let milliseconds = finding(reference) - base
    if milliseconds > limit { isWithinLimits = false }
    return rounded(max(0, milliseconds))
}

let base = finding("pid:\(staged[0].process)")
let alone = staged.map { added($0.reference, base: base, limit: $0.limit) }
let bareAlone = added("only", base: base, limit: .infinity)
host.stageOnDisk(1_000)
let crowded = staged.map { added($0.reference, base: base, limit: $0.limit) }
let bareOnDisk = added("only", base: base, limit: .infinity)
host.stageRunning(100)
let running = staged.map { added($0.reference, base: base, limit: $0.limit) }
let bareRunning = added("only", base: base, limit: .infinity)

var lines = [
    "| reference | alone | 1,000 on disk | and 200 running |", "|---|---:|---:|---:|",
]
for (index, container) in staged.enumerated() {
    lines.append("| `\(container.shown)` | \(alone[index]) | \(crowded[index]) | \(running[index]) |")
}
lines.append("| `only`, a bare name | \(bareAlone) | \(bareOnDisk) | \(bareRunning) |")

let listing = median((0..<20).map { _ in Command([program, "containers"]).run().milliseconds })
if listing > 300 { isWithinLimits = false }

let report = """
    # What finding a container costs

    Written by `sudo Benchmarks/containers`, in one run on one machine: \(Machine.description).

    Milliseconds that a reference takes to resolve beyond `pid:` (\(rounded(base)) ms, with the pinning), within one process;
    medians. The state is staged as each engine keeps it, runc's with 24 KiB for each container, of processes that are real;
    the answers of LXC's monitor and of LXD come from programs that are neither. *1,000 on disk* are stopped ones of every
    engine, as that leaves them; of the 200 that run 100 are podman's and 100 runc's. The limit is 2 ms, and 10 ms over HTTP.

    \(lines.joined(separator: "\n"))

    `hostdev containers` with all of them, as a whole process: \(rounded(listing)) ms; the limit is 300.

    """
print(report)
write(report, to: CommandLine.arguments[2])
if !isWithinLimits {
    print("A limit is exceeded.")
    exit(1)
}
