internal import LinuxSystem
internal import SystemPackage

/// Rules in the table of the program that a group's owner has attached, where that is a ``LibvirtDeviceMap``. They stay when
/// the owner changes rules of its own, and come along when it takes up a larger table.
struct LibvirtMap: RuleMeans {
    static let tag = "entry"

    static func description(of change: RuleChange) -> String { "\(change.rule) in the table of \(change.directory)" }

    static func method(of change: RuleChange) -> String { "an entry in the table of \(change.directory)" }

    private let lock: RuleLock

    init(_ context: RuleContext) {
        lock = context.lock
    }

    /// Plans what has to be added for a container: to the table of its group, or of one above that is its alone.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        for level in try group.exclusiveAncestors(attempt) {
            let (inode, finding) = try attemptingInGroup(attempt) { () throws(SystemError) in
                (try FileStatus.of(level).identity.inode, try Self.find(rule, in: level))
            }
            switch finding {
            case .lacks([]): return []
            case .lacks(let access):
                return [RuleChange(Self.self, in: level, group: inode, DeviceRule(rule.device, access))]
            case .unknown: continue
            case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
            }
        }
        throw Self.notPossible(attempt, "there is none that is known")
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let rule = change.rule
        try change.requireGroup(attempt)
        let lock = try lock.take(attempt)
        switch try edit(rule.device, in: change.directory, attempt, { $0.union(rule.access) }) {
        case .lacks: break
        case .unknown: throw Self.notPossible(attempt, "its owner has attached another program meanwhile")
        case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
        }
        _ = consume lock
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        guard try change.isGroupPresent(attempt) else { return }
        let lock = try lock.take(attempt)
        do throws(DeviceAccessError) {
            // Of another table nothing is ours.
            _ = try edit(change.rule.device, in: change.directory, attempt) {
                $0.subtracting(change.rule.access)
            }
        } catch {
            guard error.code == .groupGone else { throw error }
        }
        _ = consume lock
    }

    /// What the programs of a group say of a rule.
    private enum Finding {
        /// Their table lacks that.
        case lacks(DeviceRule.Access)
        /// They have no table that is known.
        case unknown
        /// The entry for these numbers is also one for the device of the other type.
        case shared
    }

    private static func find(_ rule: DeviceRule, in group: FilePath) throws(SystemError) -> Finding {
        for id in try BPFProgram.attached(to: Descriptor.open(group, options: .directory)) {
            guard let table = try LibvirtDeviceMap(ofProgram: id) else { continue }
            if try table.permits(rule) { return .lacks([]) }
            guard let access = try table.access(of: rule.device) else { return .shared }
            return .lacks(rule.access.subtracting(access))
        }
        return .unknown
    }

    private func edit(
        _ device: DeviceNumber, in group: FilePath, _ attempt: String,
        _ body: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(DeviceAccessError) -> Finding {
        do throws(SystemError) {
            let place = try Descriptor.open(group, options: .directory)
            while true {
                let programs = try BPFProgram.attached(to: place)
                let finding = try Self.edit(device, in: programs, body)
                stopPoint()
                // Its owner may have taken up a larger table meanwhile, a copy from before.
                if try BPFProgram.attached(to: place) == programs { return finding }
            }
        } catch {
            guard error.code == .argListTooLong else { throw .ofGroup(error, attempt) }
            throw DeviceAccessError(
                .occupied, attempt, "the table is full", remedy: "have the container's engine allow the device")
        }
    }

    private static func edit(
        _ device: DeviceNumber, in programs: [UInt32], _ body: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(SystemError) -> Finding {
        for id in programs {
            guard let table = try LibvirtDeviceMap(ofProgram: id) else { continue }
            guard let access = try table.access(of: device) else { return .shared }
            try table.setAccess(of: device, body(access))
            return .lacks([])
        }
        return .unknown
    }

    private static func sharedEntry(_ device: DeviceNumber) -> String {
        "the table has one entry for \(device) and the device of the other type with these numbers"
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "no rule can be added to a table: \(why)")
    }
}
