internal import LinuxSystem
internal import SystemPackage

/// Rules in the table of the program that a group's owner has attached, where that is an ``OwnersTable``. They stay when the
/// owner changes rules of its own, and come along when it takes up a larger table.
struct OwnersTables: Sendable {
    let lock: RuleLock

    /// What has to be added for a container: to the table of its group, or of one above that is its alone.
    func look(_ rule: DeviceRule, for group: ControlGroup) throws(DeviceAccessError) -> [Grant] {
        let attempt = "look at the device programs of \(group.directory)"
        for level in try group.levels(attempt) {
            let (inode, finding) = try attemptingInGroup(attempt) { () throws(SystemError) in
                (try FileStatus.of(level).identity.inode, try Self.find(rule, in: level))
            }
            switch finding {
            case .lacks([]): return []
            case .lacks(let access): return [.entry(group: level, inode: inode, rule: DeviceRule(rule.device, access))]
            case .unknown: continue
            case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
            }
        }
        throw Self.notPossible(attempt, "there is none that is known")
    }

    func allow(_ rule: DeviceRule, in group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        let attempt = "allow \(rule) in the table of \(group)"
        guard (try? FileStatus.of(group))?.identity.inode == inode else { throw .groupGone(attempt) }
        let lock = try lock.take(attempt)
        switch try change(rule.device, in: group, attempt, { $0.union(rule.access) }) {
        case .lacks: break
        case .unknown: throw Self.notPossible(attempt, "its owner has attached another program meanwhile")
        case .shared: throw Self.notPossible(attempt, Self.sharedEntry(rule.device))
        }
        _ = consume lock
        guard try DeviceControlGroups(v2: ControlGroup(at: group)).permits(rule) != false else {
            throw .overruled(attempt)
        }
    }

    func remove(_ rule: DeviceRule, from group: FilePath, inode: UInt64) throws(DeviceAccessError) {
        guard (try? FileStatus.of(group))?.identity.inode == inode else { return }
        let attempt = "deny \(rule) in the table of \(group)"
        let lock = try lock.take(attempt)
        do throws(DeviceAccessError) {
            // Of another table nothing is ours.
            _ = try change(rule.device, in: group, attempt) { $0.subtracting(rule.access) }
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
        for id in try DeviceProgram.attached(to: Descriptor.open(group, options: .directory)) {
            guard let table = try OwnersTable(ofProgram: id) else { continue }
            if try table.permits(rule) { return .lacks([]) }
            guard let access = try table.access(of: rule.device) else { return .shared }
            return .lacks(rule.access.subtracting(access))
        }
        return .unknown
    }

    private func change(
        _ device: DeviceNumber, in group: FilePath, _ attempt: String,
        _ edit: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(DeviceAccessError) -> Finding {
        do throws(SystemError) {
            let place = try Descriptor.open(group, options: .directory)
            while true {
                let programs = try DeviceProgram.attached(to: place)
                let finding = try Self.change(device, in: programs, edit)
                stopPoint()
                // Its owner may have taken up a larger table meanwhile, a copy from before.
                if try DeviceProgram.attached(to: place) == programs { return finding }
            }
        } catch {
            guard error.code == .argListTooLong else { throw .ofGroup(error, attempt) }
            throw DeviceAccessError(
                .occupied, attempt, "the table is full", remedy: "have the container's engine allow the device")
        }
    }

    private static func change(
        _ device: DeviceNumber, in programs: [UInt32], _ edit: (DeviceRule.Access) -> DeviceRule.Access
    ) throws(SystemError) -> Finding {
        for id in programs {
            guard let table = try OwnersTable(ofProgram: id) else { continue }
            guard let access = try table.access(of: device) else { return .shared }
            try table.setAccess(of: device, edit(access))
            return .lacks([])
        }
        return .unknown
    }

    private static func sharedEntry(_ device: DeviceNumber) -> String {
        "the table has one entry for \(device) and the device of the other type with these numbers"
    }

    private static func notPossible(_ attempt: String, _ why: String) -> DeviceAccessError {
        DeviceAccessError(
            .notSupported, attempt, "no rule can be added to a table: \(why)",
            remedy: "have the container's engine allow the device")
    }
}
