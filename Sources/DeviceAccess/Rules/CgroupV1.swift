internal import LinuxSystem
internal import SystemPackage

/// Exceptions in the groups of the `devices` hierarchy of control groups version 1.
struct CgroupV1: RuleMeans {
    static let tag = "exception"

    static func description(of change: RuleChange) -> String { "\(change.rule) in \(change.directory)" }

    static func method(of change: RuleChange) -> String { "an exception in \(change.directory)" }

    let context: RuleContext

    /// Plans the exceptions that the container's groups lack.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        // The root group is everybody's. It filters nothing, and no rule belongs there.
        guard let group = groups.v1, !group.isRoot else { return [] }
        let attempt = "read the devices of \(group.directory)"
        let list = try attemptingInGroup(attempt) { () throws(SystemError) in
            try CgroupV1DeviceList(of: group.directory)
        }
        var missing = rule
        if list.allowsByDefault {
            missing.access = try Self.denied(rule, for: groups)
        } else if list.permits(rule) {
            missing.access = []
        } else {
            missing.access.subtract(list.access(of: rule.device))
        }
        guard !missing.access.isEmpty else { return [] }
        return try attemptingInGroup(attempt) { () throws(SystemError) in
            try Self.changes(missing, in: group.directory, list: list)
        }
    }

    /// Returns what of a rule is denied by a group that allows by default. Such a group does not list what it denies, so the
    /// kernel is asked.
    private static func denied(
        _ rule: DeviceRule, for groups: DeviceControlGroups
    ) throws(DeviceAccessError) -> DeviceRule.Access {
        // At the root of the other hierarchy, so that no filter there answers.
        let v1Alone = DeviceControlGroups(
            v1: groups.v1, v2: groups.v2.map { ControlGroup(hierarchy: $0.hierarchy, path: "/") })
        var denied: DeviceRule.Access = []
        for bit in [DeviceRule.Access.read, .write, .makeNode] where rule.access.contains(bit) {
            guard let permitted = try v1Alone.permits(DeviceRule(rule.device, bit)) else {
                throw DeviceAccessError(
                    .cannotAsk, "ask whether the container may use \(rule.device)", "no process can be started there",
                    remedy: "thaw the container")
            }
            if !permitted { denied.insert(bit) }
        }
        return denied
    }

    /// Returns a change for the group and for each group below that has the same list. A group inherits its parent's list when
    /// it is made; of later changes only denials reach it. A group with another list has a policy of its own.
    private static func changes(
        _ rule: DeviceRule, in group: FilePath, list: CgroupV1DeviceList
    ) throws(SystemError) -> [RuleChange] {
        let status = try FileStatus.of(group)
        var changes = [RuleChange(Self.self, in: group, group: status.identity.inode, rule)]
        for child in try childGroups(of: group) {
            // A group that goes away meanwhile needs no rule.
            let below = try ifThere { () throws(SystemError) in
                try CgroupV1DeviceList(of: child) == list ? Self.changes(rule, in: child, list: list) : []
            }
            changes += below ?? []
        }
        return changes
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        try change.requireGroup(attempt)
        do throws(SystemError) {
            try writeControl(change.directory.appending("devices.allow"), change.rule.description)
        } catch {
            guard error.code == .notPermitted,
                let parent = Self.parent(lacking: change.rule, above: change.directory)
            else { throw .ofGroup(error, attempt) }
            throw DeviceAccessError(
                .parentDenies, attempt, "\(parent) above it lacks that, and a group cannot exceed its parent",
                remedy: "allow it there first: write '\(change.rule)' to \(parent.appending("devices.allow"))")
        }
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        guard try change.isGroupPresent(attempt) else { return }
        do throws(SystemError) {
            try writeControl(change.directory.appending("devices.deny"), change.rule.description)
        } catch {
            let error = DeviceAccessError.ofGroup(error, attempt)
            if error.code != .groupGone { throw error }
        }
    }

    /// Returns the topmost group above that lacks a rule, or nil when none is known to. Used for a message only.
    private static func parent(lacking rule: DeviceRule, above group: FilePath) -> FilePath? {
        let parent = group.removingLastComponent()
        guard let list = try? CgroupV1DeviceList(of: parent) else { return nil }
        return self.parent(lacking: rule, above: parent) ?? (list.permits(rule) ? nil : parent)
    }
}

/// Returns the groups directly below a group.
func childGroups(of group: FilePath) throws(SystemError) -> [FilePath] {
    try kernelDirectories(in: group).map { group.appending($0) }
}

/// The `devices.list` of a group: Linux, `Documentation/admin-guide/cgroup-v1/devices.rst`.
///
/// A group that denies by default lists what it allows. Of a group that allows by default the kernel lists only that it does,
/// and not what it denies.
struct CgroupV1DeviceList: Hashable {
    /// A line. A nil number stands for `*`, every number.
    private struct Line: Hashable {
        let kind: DeviceNumber.Kind
        let major: UInt32?
        let minor: UInt32?
        let access: DeviceRule.Access
    }

    private var lines: Set<Line> = []
    /// Whether everything is allowed that is not denied.
    private(set) var allowsByDefault = false

    /// Reads lines such as `c 10:237 rwm`. It reads bytes, since a list may be long and is read for every rule.
    init(_ bytes: [UInt8]) {
        lines.reserveCapacity(bytes.count / 12)
        var line = PartialLine()
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                if let complete = line.line { lines.insert(complete) }
                allowsByDefault = allowsByDefault || line.kind == UInt8(ascii: "a")
                line = PartialLine()
            case UInt8(ascii: " "), UInt8(ascii: ":"): line.field += 1
            default: line.add(byte)
            }
        }
    }

    /// A line as far as it was read.
    private struct PartialLine {
        var field = 0
        private(set) var kind: UInt8 = 0
        private var major: UInt32?
        private var minor: UInt32?
        private var access: DeviceRule.Access = []

        mutating func add(_ byte: UInt8) {
            switch field {
            case 0: kind = byte
            case 1: Self.add(byte, to: &major)
            case 2: Self.add(byte, to: &minor)
            default:
                switch byte {
                case UInt8(ascii: "r"): access.insert(.read)
                case UInt8(ascii: "w"): access.insert(.write)
                case UInt8(ascii: "m"): access.insert(.makeNode)
                default: break
                }
            }
        }

        /// Adds a digit. After `*` the number stays nil.
        private static func add(_ byte: UInt8, to number: inout UInt32?) {
            guard byte != UInt8(ascii: "*") else { return }
            number = (number ?? 0) &* 10 &+ UInt32(byte &- UInt8(ascii: "0"))
        }

        /// The line. Nil for `a`, all devices.
        var line: Line? {
            switch kind {
            case UInt8(ascii: "c"): Line(kind: .character, major: major, minor: minor, access: access)
            case UInt8(ascii: "b"): Line(kind: .block, major: major, minor: minor, access: access)
            default: nil
            }
        }
    }

    /// Reads the list of a group.
    init(of group: FilePath) throws(SystemError) {
        self.init(try readBytes(group.appending("devices.list")))
    }

    /// Returns whether one line allows all of a rule. The kernel does not combine lines.
    func permits(_ rule: DeviceRule) -> Bool {
        allowsByDefault
            || lines.contains {
                $0.kind == rule.device.kind && ($0.major ?? rule.device.major) == rule.device.major
                    && ($0.minor ?? rule.device.minor) == rule.device.minor && $0.access.isSuperset(of: rule.access)
            }
    }

    /// Returns what the line of that very device allows, without lines with `*`.
    func access(of device: DeviceNumber) -> DeviceRule.Access {
        lines.filter { $0.kind == device.kind && $0.major == device.major && $0.minor == device.minor }
            .reduce(into: []) { $0.formUnion($1.access) }
    }
}
