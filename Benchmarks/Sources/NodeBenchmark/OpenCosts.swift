import Glibc
import LinuxSystem
import Timing

/// What an open of a device takes in a container's control group, which this process joins for that.
struct OpenCosts {
    let group: ControlGroup
    /// The group to go back to.
    let home: ControlGroup

    /// One batch, in microseconds for each open.
    func batch(_ device: String, count: Int = 20_000) -> Double {
        write("\(getpid())", to: "\(group.directory)/cgroup.procs")
        defer { write("\(getpid())", to: "\(home.directory)/cgroup.procs") }
        let duration = ContinuousClock().measure {
            for _ in 0..<count {
                let descriptor = open(device, O_RDONLY)
                guard descriptor >= 0 else { fatalError("\(device) cannot be opened: \(errno)") }
                close(descriptor)
            }
        }
        return duration.milliseconds * 1e3 / Double(count)
    }

    /// With few rules and with many in turns: of `/dev/null`, which the owner of the group allows, and of `/dev/zero`,
    /// which the last of the rules allows.
    func lines(_ costs: RuleCosts, many: Int, turns: Int) throws -> (lines: [String], ratios: [Double]) {
        var null: [(few: Double, many: Double)] = []
        var zero: [(few: Double, many: Double)] = []
        let number = DeviceNumber(.character, 1, 5)
        for _ in 0..<turns {
            let nullAlone = batch("/dev/null")
            var zeroAlone = 0.0
            try costs.withRules(1, last: number) { zeroAlone = batch("/dev/zero") }
            try costs.withRules(many, last: number) {
                null.append((nullAlone, batch("/dev/null")))
                zero.append((zeroAlone, batch("/dev/zero")))
            }
        }
        let ratios = [null, zero].map { median($0.map { $0.many / $0.few }) }
        let names = [
            "`/dev/null`, which LXC allows; no rule of ours", "`/dev/zero`, which our last rule allows; one rule",
        ]
        let rows = zip(zip(names, [null, zero]), ratios).map { row, ratio in
            "| \(row.0) | \(rounded(median(row.1.map(\.few)))) | \(rounded(median(row.1.map(\.many)))) | \(rounded(ratio)) |"
        }
        return (["| | µs | with \(many) rules, µs | × |", "|---|---:|---:|---:|"] + rows, ratios)
    }
}
