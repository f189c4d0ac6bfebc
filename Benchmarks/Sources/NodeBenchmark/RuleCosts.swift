import DeviceAccess
import Glibc
import LinuxSystem
import Timing

/// What device rules cost in a process that is already there: looking for what has to change, allowing, taking back.
struct RuleCosts {
    private let rules = DeviceRules(stateDirectory: "/run")
    private let groups: DeviceControlGroups

    init(_ groups: DeviceControlGroups) {
        self.groups = groups
    }

    /// A rule for a device that no driver has.
    private static func rule(_ number: Int) -> DeviceRule {
        DeviceRule(DeviceNumber(.character, 60, UInt32(number)), [.read, .write])
    }

    /// Rules for the container, which go when the body is done; the last is for a device that is given.
    func withRules(_ count: Int, last: DeviceNumber? = nil, _ body: () throws -> Void) throws {
        let wanted = (0..<count).map { number in
            last.flatMap { number == count - 1 ? DeviceRule($0, [.read, .write]) : nil } ?? Self.rule(number)
        }
        let changes = try wanted.flatMap { try rules.plan($0, for: groups) }
        for change in changes { try rules.apply(change) }
        defer { for change in changes { try? rules.revoke(change) } }
        try body()
    }

    struct Cost {
        /// What the kernel takes for the write alone, to a file that is open: version 1. Nil where there is no such file.
        let write: Double?
        let look: Double
        let allow: Double
        let revoke: Double
    }

    private static func write(_ turns: Int, to group: String) -> Double {
        let files = ["allow", "deny"].map { open("\(group)/devices.\($0)", O_WRONLY | O_CLOEXEC) }
        defer { for file in files { close(file) } }
        let text = rule(60_000).description
        return median(
            (0..<turns).map { _ in
                let times = files.map { file in
                    ContinuousClock().measure {
                        guard Glibc.write(file, text, text.utf8.count) > 0 else { fatalError("\(group) takes no rule") }
                    }
                }
                return times[0].milliseconds
            })
    }

    /// The medians for one rule more than there are, in milliseconds.
    func oneMore(turns: Int) throws -> Cost {
        var times: [(look: Double, allow: Double, revoke: Double)] = []
        let clock = ContinuousClock()
        for _ in 0..<turns {
            var changes: [RuleChange] = []
            let look = try clock.measure { changes = try rules.plan(Self.rule(60_000), for: groups) }
            guard !changes.isEmpty else { fatalError("nothing filters there") }
            let allow = try clock.measure { for change in changes { try rules.apply(change) } }
            let revoke = try clock.measure { for change in changes { try rules.revoke(change) } }
            times.append((look.milliseconds, allow.milliseconds, revoke.milliseconds))
        }
        return Cost(
            write: groups.v1.map { Self.write(turns, to: $0.directory.string) },
            look: median(times.map(\.look)), allow: median(times.map(\.allow)), revoke: median(times.map(\.revoke)))
    }
}
