public import LinuxSystem
internal import SystemPackage

/// Where an entry that was made is now.
public enum EntryState: Hashable, Sendable {
    /// Under its name.
    case inPlace
    /// Still under the temporary name: a kill came between the record and the renaming.
    case unfinished
    /// Nowhere that we know of.
    case gone
    /// Something else has its name.
    case replaced(by: String)
}

extension ContainerEntries {
    /// Where an entry is now, for a check.
    public func state(of made: MadeEntry, in root: borrowing RootDirectory) throws(DeviceAccessError) -> EntryState {
        let attempt = "look at \(made)"
        guard let name = made.path.lastComponent?.string,
            let directory = try directory(made.path.removingLastComponent(), in: root, for: attempt)
        else { return .gone }
        return try attempting(attempt) { () throws(SystemError) in
            if let found = try FoundEntry(temporaryName, in: directory), found.isStill(made) { return .unfinished }
            guard let found = try FoundEntry(name, in: directory) else { return .gone }
            return found.isStill(made) ? .inPlace : .replaced(by: found.description)
        }
    }

    /// Removes what was made for a plan, last made first: the recorded entries, where they are still the ones that were
    /// made, and one that a kill left under the temporary name before it could be recorded. A directory stays as long
    /// as others have something in it.
    ///
    /// What is gone already is no failure, so it can be called again. It goes on after a failure.
    ///
    /// - Returns: what was left, and why. Empty when nothing of ours remains.
    public func undo(
        _ plan: EntryPlan, made: [MadeEntry], in root: borrowing RootDirectory
    ) -> [LeftEntry] {
        var left: [LeftEntry] = []
        var path = plan.path
        var content = plan.content
        while let name = path.lastComponent?.string {
            let recorded = made.last { $0.path == path }
            let attempt = "remove \(path) (\(content))"
            do throws(DeviceAccessError) {
                if let directory = try directory(path.removingLastComponent(), in: root, for: attempt) {
                    try remove(temporaryName, content, in: directory, attempt) { $0.content == content }
                    if let recorded {
                        try remove(name, content, in: directory, attempt) { $0.isStill(recorded) }
                    }
                }
            } catch {
                left.append(LeftEntry(path: path, made: recorded, error: error))
            }
            path.removeLastComponent()
            content = .directory
        }
        return left
    }

    private func remove(
        _ name: String, _ content: EntryContent, in directory: borrowing Directory, _ attempt: String,
        ifStill isOurs: (FoundEntry) -> Bool
    ) throws(DeviceAccessError) {
        guard let found = try attempting(attempt, { () throws(SystemError) in try FoundEntry(name, in: directory) })
        else { return }
        guard isOurs(found) else {
            throw DeviceAccessError(.replaced, attempt, "it has been replaced by \(found), which stays")
        }
        do throws(SystemError) {
            if content == .directory {
                try directory.removeDirectory(name)
            } else {
                try directory.remove(name)
            }
        } catch {
            switch error.code {
            case .noSuchFileOrDirectory: return
            case .directoryNotEmpty: throw DeviceAccessError(.notEmpty, attempt, "others have entries in it")
            default: throw DeviceAccessError(error, attempt)
            }
        }
    }
}
