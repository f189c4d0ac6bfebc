// Reads documents of 10 to 10,000 hostdevs with the model and with libxml2 alone, in turns, and compares their time and
// peak memory. Exits with 1 when the model is beyond a limit at 10,000 hostdevs.

import Glibc

let limits = (time: 2.0, memory: 3.0)

if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "peak" {
    PeakMemory.measureSelf(CommandLine.arguments[2], CommandLine.arguments[3])
    exit(0)
}

var isWithinLimits = true

let times = Table(["sample", "hostdevs", "KiB", "libxml2 ms", "model ms", "ratio", "µs/hostdev"])
for sample in SampleDocument.allCases {
    for count in [10, 100, 1_000, 10_000] {
        let bytes = sample.bytes(hostdevs: count)
        let comparison = Comparison(bytes, turns: max(25, 20_000 / count))
        times.line([
            sample.rawValue, "\(count)", "\(bytes.count / 1024)", (comparison.libxml2 * 1e3).rounded2,
            (comparison.model * 1e3).rounded2, comparison.ratio.rounded2,
            (comparison.model * 1e6 / Double(count)).rounded2,
        ])
        if count == 10_000, comparison.ratio > limits.time { isWithinLimits = false }
    }
}

let peaks = Table(["sample", "hostdevs", "idle KiB", "libxml2 KiB", "model KiB", "ratio"])
for sample in SampleDocument.allCases {
    let peak = PeakMemory(sample.bytes(hostdevs: 10_000))
    peaks.line([
        sample.rawValue, "10000", "\(peak.idle)", "\(peak.libxml2)", "\(peak.model)", peak.ratio.rounded2,
    ])
    if peak.ratio > limits.memory { isWithinLimits = false }
}

if !isWithinLimits {
    print("\nThe model is beyond a limit: \(limits.time) × the time, \(limits.memory) × the memory of libxml2.")
    exit(1)
}
