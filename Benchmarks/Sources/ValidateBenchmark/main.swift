// Runs `hostdev validate` on one small document, and `xmllint --noout` on the same, in turns, and compares the times of
// the whole processes. Exits with 1 when hostdev is beyond the limit.
//
// Usage: ValidateBenchmark PROGRAM DOCUMENT

import Glibc
import Timing

let limit = 3.0
let turns = 300

guard CommandLine.arguments.count == 3 else {
    print("Usage: ValidateBenchmark PROGRAM DOCUMENT")
    exit(64)
}
let hostdev = Command([CommandLine.arguments[1], "validate", CommandLine.arguments[2]])
let xmllint = Command(["/usr/bin/xmllint", "--noout", CommandLine.arguments[2]])

var times: [(hostdev: Double, xmllint: Double)] = []
for _ in 0..<turns { times.append((hostdev.run().milliseconds, xmllint.run().milliseconds)) }
let ratio = median(times.map { $0.hostdev / $0.xmllint })
print("hostdev validate  \(rounded(median(times.map(\.hostdev)))) ms")
print("xmllint --noout   \(rounded(median(times.map(\.xmllint)))) ms")
print("ratio             \(rounded(ratio))")
if ratio > limit {
    print("hostdev is beyond the limit: \(limit) × the time of xmllint.")
    exit(1)
}
