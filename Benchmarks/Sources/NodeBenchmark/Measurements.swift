import DeviceAccess
import LinuxSystem
import Timing

/// What was measured: the report, the bars of its plot and the goals, in their order.
struct Measurements {
    static let manyRules = 1_000

    let program: String
    /// A look, with few turns.
    let isQuick: Bool
    /// Every machine has it that has loop devices, and no engine allows it by itself.
    let device = "/dev/loop-control"
    var report = Report(
        """
        # What giving nodes costs

        Written by `sudo Benchmarks/nodes`, in one run on one machine: \(Machine.description).
        Milliseconds are medians of whole processes, from their start to their end, where nothing else is said; ratios are
        medians of the ratios within each turn, in which all contenders run once, in another order each time. The container
        denies all devices but `/dev/null`; it gets `/dev/loop-control` with a rule, and has not got it after the detach.

        ![milliseconds to attach](nodes.svg)

        """)
    private(set) var groups: [Plot.Group] = []
    private(set) var goals = ["| | measured | goal, at most |", "|---|---:|---:|"]

    init(program: String, isQuick: Bool) {
        self.program = program
        self.isQuick = isQuick
    }

    func turns(_ count: Int) -> Int { isQuick ? 3 : count }

    /// A goal, beside what was measured.
    mutating func goal(_ what: String, _ measured: Double, _ greatest: Double, _ unit: String = "") {
        goals.append("| \(what) | \(rounded(measured))\(unit) | \(rounded(greatest))\(unit) |")
    }

    /// One node, with a watcher at work as where the service runs.
    mutating func one(_ title: String, _ contenders: [Contender], turns count: Int = 80) -> Race {
        print("\(title)")
        let service = Service(program: program)
        defer { service.end() }
        let race = Race(contenders, turns: turns(count))
        report.add(title, race)
        groups.append((name: title, bars: race.results.map { ($0.name, $0.attach) }))
        return race
    }

    /// As many nodes as there are loop devices, in one document.
    mutating func several(_ container: LXCContainer, _ versions: String) -> Double {
        let count = LoopDevices.paths.count
        print("\(count) nodes, \(versions)")
        let service = Service(program: program)
        defer { service.end() }
        LoopDevices.make()
        defer { LoopDevices.remove() }
        let race = Race(
            [
                container.contender(LoopDevices.paths),
                Hostdev(program: program, reference: container.reference).contender(LoopDevices.paths),
            ], turns: turns(10))
        report.add("\(count) nodes in one document, \(versions)", race, devices: count)
        groups.append(
            (
                name: "\(count) in one document, \(versions), each",
                bars: race.results.map { ($0.name, $0.attach / Double(count)) }
            ))
        return race["hostdev"]?.attach ?? 0
    }

    /// One rule more where there is none, one, and many: in this process.
    mutating func ruleCosts(_ rules: RuleCosts, _ version: String, goal greatest: Double) throws {
        print("device rules, \(version)")
        let first = try rules.oneMore(turns: turns(200))
        var second = first
        try rules.withRules(1) { second = try rules.oneMore(turns: turns(200)) }
        var last = first
        try rules.withRules(Self.manyRules) { last = try rules.oneMore(turns: turns(200)) }
        var lines = [
            "| rules before | look, ms | allow, ms | of that the kernel's write(2), ms | take back, ms |",
            "|---:|---:|---:|---:|---:|",
        ]
        for (count, cost) in [(0, first), (1, second), (Self.manyRules, last)] {
            let cells = [cost.look, cost.allow, cost.write, cost.revoke].map { $0.map(precise) ?? "-" }
            lines.append("| \(count) | \(cells.joined(separator: " | ")) |")
        }
        report.add("One rule more in a process, \(version)", lines)
        goal("allow in a process, \(version), the first rule", first.allow, greatest, " ms")
        goal("one rule more with \(Self.manyRules), \(version), × the first", last.allow / first.allow, 1.5)
        goal("one rule more with \(Self.manyRules), \(version), × with one", last.allow / second.allow, 1.5)
        if let before = first.write, let after = last.write {
            goal("the kernel's write alone with \(Self.manyRules), \(version), × the first", after / before, 1.5)
        }
    }

    /// A number with four digits behind the point.
    private func precise(_ number: Double) -> String {
        let digits = "\(Int((number * 10_000).rounded()))"
        let padded = String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        return "\(padded.dropLast(4)).\(padded.suffix(4))"
    }
}
