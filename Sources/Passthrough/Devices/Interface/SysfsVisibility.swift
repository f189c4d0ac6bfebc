internal import Containers
internal import HostdevModel
internal import LinuxSystem

// On OpenVZ 7 a container sees an interface in its sysfs only when it may see the directories above it.
extension Backend {
    /// The directories that a container has to be shown for an interface of the host's, from the top; none but on OpenVZ 7.
    ///
    /// Those that it may see by itself are not among them, and are never taken from it.
    func sysfsDirectoriesToShow(
        for interface: String, in container: ContainerReference, beside records: [Record]
    ) throws -> [String] {
        guard let permissions = try SysfsPermissions(of: container) else { return [] }
        let (seen, shown) = (try permissions.paths(), Set(records.flatMap(\.sysfsDirectories)))
        return try SysfsPermissions.directories(aboveInterface: interface).filter {
            !seen.contains($0) || shown.contains($0)
        }
    }

    /// Shows them to the container of an attachment.
    func show(_ directories: [String], to container: ContainerReference, for attachment: String) throws {
        guard !directories.isEmpty, let permissions = try SysfsPermissions(of: container) else { return }
        let step = Step("show", directories.last ?? "", "in sysfs of \(container)")
        try perform([step], of: attachment) { try permissions.show(directories) }
        stopPoint()
    }

    /// Hides those of a record that no other device of the container needs, while that is the container that it was.
    ///
    /// - Returns: what could not be hidden.
    func hideSysfsDirectories(of record: Record) -> [PassthroughError] {
        guard !record.sysfsDirectories.isEmpty else { return [] }
        do {
            guard try !record.container.hasEnded(),
                let permissions = try SysfsPermissions(of: ContainerReference(record.container.reference))
            else { return [] }
            let others = try journal.records().filter { $0.id != record.id && $0.container == record.container }
            let needed = Set(others.flatMap(\.sysfsDirectories))
            try permissions.hide(record.sysfsDirectories.filter { !needed.contains($0) })
            stopPoint()
            return []
        } catch {
            return [PassthroughError(restoring: record.hostName, error)]
        }
    }
}

extension Record {
    fileprivate var sysfsDirectories: [String] {
        change.interfaces.flatMap(\.sysfsDirectories)
    }
}
