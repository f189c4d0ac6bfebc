internal import LinuxSystem
internal import SystemPackage

/// Rules in a program at the top of the cgroup2 hierarchy, which overrides the denials of the programs below: one program with
/// one map, for all containers.
///
/// The kernel keeps both while the program is attached, so nothing is kept between processes: they are found by their names.
/// They come with the first rule and go with the last.
struct BPFOverride: RuleMeans {
    static let tag = "override"

    static func description(of change: RuleChange) -> String {
        "\(change.rule) for group \(change.group) below \(change.directory)"
    }

    static func method(of change: RuleChange) -> String { "an override at the top of \(change.directory)" }

    let context: RuleContext

    /// Plans the entry that the container lacks. None is needed where no program denies, whatever the kernel supports.
    func plan(_ rule: DeviceRule, for groups: DeviceControlGroups) throws(DeviceAccessError) -> [RuleChange] {
        guard let group = groups.v2, !group.isRoot else { return [] }
        let changes = try missing(rule, in: group)
        guard !changes.isEmpty else { return [] }
        let attempt = "override denials at the top of \(group.hierarchy)"
        guard context.allowsOverride else { throw .notPossible(attempt, "overrides are switched off") }
        if let obstacle = try obstacle(in: group.hierarchy) { throw obstacle }
        return changes
    }

    private func missing(_ rule: DeviceRule, in group: ControlGroup) throws(DeviceAccessError) -> [RuleChange] {
        try attemptingInGroup("inspect the device programs of \(group.directory)") { () throws(SystemError) in
            let id = try FileStatus.of(group.directory).identity.inode
            let top = try Self.open(group.hierarchy)
            var own: Set<UInt32> = []
            var missing = rule
            for program in try BPFProgram.attached(to: top) {
                guard let table = try Self.table(of: program) else { continue }
                own.insert(program)
                missing.access.subtract(try table.access(BPFOverrideMap.Key(group: id, device: rule.device)))
            }
            let deciding = try BPFProgram.attached(to: Self.open(group.directory), effective: true)
            // A mount may hide the top of the hierarchy, which may have an override too, of whoever sees that top.
            for program in deciding where !missing.access.isEmpty && !own.contains(program) {
                guard try Self.isOthers(program) else { continue }
                return [RuleChange(Self.self, in: group.hierarchy, group: id, missing)]
            }
            return []
        }
    }

    func apply(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "allow \(change)"
        let lock = try context.lock.take(attempt)
        let access = change.rule.access
        let key = BPFOverrideMap.Key(group: change.group, device: change.rule.device)
        let top = try attempting(attempt) { () throws(SystemError) in try Self.open(change.directory) }
        let isDone = try attempting(attempt) { () throws(SystemError) in
            for program in try BPFProgram.attached(to: top) {
                guard let table = try Self.table(of: program) else { continue }
                try table.setAccess(key, try table.access(key).union(access))
                // A process that uses another lock may have detached it as empty meanwhile.
                if try BPFProgram.attached(to: top).contains(program) { return true }
            }
            return false
        }
        if !isDone {
            let table = try attempting(attempt) { () throws(SystemError) in
                let table = try BPFOverrideMap()
                try table.setAccess(key, access)
                return table
            }
            try Self.attach(table, to: top, attempt)
        }
        _ = consume lock
    }

    func revoke(_ change: RuleChange) throws(DeviceAccessError) {
        let attempt = "deny \(change)"
        let lock = try context.lock.take(attempt)
        let key = BPFOverrideMap.Key(group: change.group, device: change.rule.device)
        try attempting(attempt) { () throws(SystemError) in
            let top = try Self.open(change.directory)
            for id in try BPFProgram.attached(to: top) {
                guard let table = try Self.table(of: id) else { continue }
                let access = try table.access(key)
                if !access.isEmpty { try table.setAccess(key, access.subtracting(change.rule.access)) }
                guard try table.isEmpty else { continue }
                let program = try BPFProgram(id: id)
                try program.detach(from: top)
                // A process that uses another lock may have added a rule just before.
                if try !table.isEmpty { try program.attach(to: top) }
            }
        }
        _ = consume lock
    }

    /// Returns why rules cannot be added at the top of a hierarchy, or nil when they can.
    ///
    /// - Throws: `notPermitted`, `kernel`.
    func obstacle(in hierarchy: FilePath) throws(DeviceAccessError) -> DeviceAccessError? {
        let attempt = "override denials at the top of \(hierarchy)"
        let (isThere, flags, count) = try attempting(attempt) { () throws(SystemError) in
            let (programs, flags) = try BPFProgram.query(Self.open(hierarchy))
            for program in programs where try Self.table(of: program) != nil { return (true, flags, programs.count) }
            return (false, flags, programs.count)
        }
        if isThere { return nil }
        if count > 0, flags & BPFProgram.BPF_F_ALLOW_MULTI == 0 { return Self.occupied(attempt) }
        do throws(SystemError) {
            try BPFOverrideProgram.probe()
            return nil
        } catch {
            guard error.code == .invalidArgument else { throw DeviceAccessError(error, attempt) }
            return Self.notSupported(attempt, error)
        }
    }

    private static func open(_ group: FilePath) throws(SystemError) -> Descriptor {
        try Descriptor.open(group, options: .directory)
    }

    /// Returns the map of a program when it is an override, else nil.
    private static func table(of program: UInt32) throws(SystemError) -> BPFOverrideMap? {
        do throws(SystemError) {
            let (name, maps) = try BPFProgram(id: program).information()
            guard name == BPFOverrideProgram.name, let map = maps.first else { return nil }
            return try BPFOverrideMap(id: map)
        } catch {
            // It has been detached since its id was read.
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    private static func isOthers(_ program: UInt32) throws(SystemError) -> Bool {
        do throws(SystemError) {
            return try BPFProgram(id: program).information().name != BPFOverrideProgram.name
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return false
        }
    }

    private static func attach(
        _ table: borrowing BPFOverrideMap, to top: borrowing Descriptor, _ attempt: String
    ) throws(DeviceAccessError) {
        let program: BPFProgram
        do throws(SystemError) {
            program = try BPFOverrideProgram.load(table: table)
        } catch {
            guard error.code == .invalidArgument else { throw DeviceAccessError(error, attempt) }
            throw Self.notSupported(attempt, error)
        }
        do throws(SystemError) {
            try program.attach(to: top)
        } catch {
            // When even that cannot be found out, the kernel's error is reported as it is.
            let lacking = try? Capability.missing(of: [.bpf, .netAdmin])
            guard error.code == .notPermitted || error.code == .argListTooLong, lacking?.isEmpty == true else {
                throw DeviceAccessError(error, attempt)
            }
            throw Self.occupied(attempt)
        }
    }

    private static func notSupported(_ attempt: String, _ error: SystemError) -> DeviceAccessError {
        DeviceAccessError(
            .notSupported, attempt, error.description,
            remedy: "it needs Linux 5.18 with net.core.bpf_jit_enable; or have the container's engine allow the device")
    }

    private static func occupied(_ attempt: String) -> DeviceAccessError {
        DeviceAccessError(
            .occupied, attempt, "the programs at the top of the hierarchy admit no other one there",
            remedy: "attach them with BPF_F_ALLOW_MULTI, or allow the device in them")
    }
}
