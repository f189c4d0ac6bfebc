internal import LinuxSystem
internal import SystemPackage

/// Rules in front of the programs that a group's owner has attached, for kernels and hierarchies that support no
/// ``BPFOverride``. The owner's program is loaded again with a ``ProgramPrologue`` in front, and replaced in one step, so that
/// there is always exactly one. Needs Linux 5.6: BPF_F_REPLACE.
///
/// It is the last resort, since the rule is lost when the owner attaches its program again.
struct ProgramPatch: RuleMeans {
    static let tag = "patch"

    static func description(of change: RuleChange) -> String {
        "\(change.rule) in the programs of \(change.directory)"
    }

    static func method(of change: RuleChange) -> String { "a rule in front of the programs of \(change.directory)" }

    /// The name of a program with a prologue.
    static let name = "hostdev_patch"

    let context: RuleContext

    /// Plans one change for the programs of the container's group and of the groups above that hold nothing else.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2 else { return [] }
        let attempt = "inspect the device programs of \(group.directory)"
        var found = false
        var missing = false
        let inode = try attemptingInGroup(attempt) { () throws(SystemError) in
            try FileStatus.of(group.directory).identity.inode
        }
        for level in try group.exclusiveAncestors(attempt) {
            let programs = try attemptingInGroup(attempt) { () throws(SystemError) in
                try Self.programs(of: level).map { id throws(SystemError) in try BPFProgram(id: id).code() }
            }
            for code in programs.map(PatchedProgram.init) {
                if let obstacle = code.obstacle { throw Self.notPossible(attempt, "of \(level): \(obstacle)") }
                found = true
                if !code.prologues.contains(where: { $0.covers(rule, for: inode) }) { missing = true }
            }
        }
        guard found else { throw Self.notPossible(attempt, "of a group above, which is not the container's alone") }
        return missing ? [RuleChange(Self.self, in: group.directory, group: inode, rule)] : []
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let (rule, inode) = (change.rule, change.group)
        try change.requireGroup(attempt)
        let lock = try context.lock.take(attempt)
        let place = ControlGroup(at: change.directory)
        for level in try place.exclusiveAncestors(attempt) {
            try Self.edit(level, attempt) { id, program in
                guard !program.prologues.contains(where: { $0.covers(rule, for: inode) }) else { return false }
                let original = program.prologues.first?.original ?? id
                program.prologues.insert(ProgramPrologue(group: inode, original: original, rule: rule), at: 0)
                return true
            }
            stopPoint()
        }
        _ = consume lock
        try change.requireEffect(attempt)
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        let lock = try context.lock.take(attempt)
        // A group above that held nothing else may hold more by now, and may still be there when the container's own has gone.
        // The prologue is in its programs all the same.
        var level = change.directory
        while try Self.mayHavePrologues(level, attempt) {
            do throws(DeviceAccessError) {
                try Self.edit(level, attempt) { _, program in
                    let count = program.prologues.count
                    program.prologues.removeAll { $0.group == change.group && $0.rule == change.rule }
                    return program.prologues.count != count
                }
            } catch {
                guard error.code == .groupGone else { throw error }
            }
            level = level.removingLastComponent()
        }
        _ = consume lock
    }

    private static func mayHavePrologues(_ level: FilePath, _ attempt: String) throws(DeviceAccessError) -> Bool {
        try attempting(attempt) { () throws(SystemError) in
            if try isBelowTop(level) { return true }
            return try !exists(level)
        }
    }

    private static func programs(of group: FilePath) throws(SystemError) -> [UInt32] {
        try BPFProgram.attached(to: Descriptor.open(group, options: .directory))
    }

    /// Replaces the programs of a group that `body` changes. It gets the id and the content of a program, and returns whether
    /// it has changed the content.
    private static func edit(
        _ group: FilePath, _ attempt: String, _ body: (UInt32, inout PatchedProgram) -> Bool
    ) throws(DeviceAccessError) {
        let place = try attemptingInGroup(attempt) { () throws(SystemError) in
            try Descriptor.open(group, options: .directory)
        }
        // The owner may replace its program meanwhile. Then the new one is changed.
        for _ in 0..<16 {
            do throws(SystemError) {
                for id in try BPFProgram.attached(to: place) {
                    let present = try BPFProgram(id: id)
                    var program = PatchedProgram(try present.code())
                    let original = program.prologues.first?.original
                    guard body(id, &program) else { continue }
                    let next = try replacement(for: present, program, original)
                    try next.replace(present, in: place)
                }
                return
            } catch {
                guard error.code == .noSuchFileOrDirectory else { throw .ofGroup(error, attempt) }
            }
        }
        throw DeviceAccessError(
            .occupied, attempt, "the programs of \(group) keep being replaced")
    }

    /// Returns the program that replaces another. Without prologues that is the owner's original program, when somebody keeps
    /// it: the owner can then replace it as if nothing had happened. Else it is a program with the same instructions.
    private static func replacement(
        for present: borrowing BPFProgram, _ program: PatchedProgram, _ original: UInt32?
    ) throws(SystemError) -> BPFProgram {
        // When the original cannot be had, for any reason, the copy does as well.
        if program.prologues.isEmpty, let original, let kept = try? BPFProgram(id: original),
            (try? kept.code()) == program.owners
        {
            return kept
        }
        return try BPFProgram(
            program.instructions, name: program.prologues.isEmpty ? "" : name, isGPL: try present.isGPL())
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        .notPossible(attempt, "no rule can be put in front of the program \(why)")
    }
}

extension ProgramPrologue {
    fileprivate func covers(_ rule: DeviceRule, for group: UInt64) -> Bool {
        self.group == group && self.rule.device == rule.device && self.rule.access.isSuperset(of: rule.access)
    }
}
