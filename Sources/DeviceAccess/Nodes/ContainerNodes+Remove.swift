public import LinuxSystem
internal import SystemPackage

/// Where an entry that was created is now.
public enum EntryState: Hashable, Sendable {
    /// Under its name.
    case inPlace
    /// Under the temporary name: a kill came between the record and the renaming.
    case unfinished
    /// Under neither name.
    case gone
    /// Something else has its name.
    case replaced(by: String)
}

extension ContainerNodes {
    /// Returns where an entry is now. Changes nothing.
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

    /// Removes what was made for a plan, in reverse order: the recorded entries, as far as they are still the ones that were
    /// made, and an entry that a kill left under the temporary name before it was recorded. A directory stays while it has
    /// entries of others.
    ///
    /// What is gone is no failure, so that it can be called again. It goes on after a failure.
    ///
    /// - Returns: the entries that were left, each with the reason. Empty when nothing remains.
    public func remove(
        _ plan: EntryPlan, made: [MadeEntry], in root: borrowing RootDirectory
    ) -> [LeftEntry] {
        var left: [LeftEntry] = []
        var step = plan
        while let name = step.path.lastComponent?.string {
            let parent = step.path.removingLastComponent()
            let recorded = made.filter { $0.path == step.path }
            do throws(DeviceAccessError) {
                if let directory = try directory(parent, in: root, for: "remove \(step)") {
                    try remove(name, step, recorded, in: directory)
                }
            } catch {
                left.append(LeftEntry(path: step.path, made: recorded.last, error: error))
            }
            step = EntryPlan(parent, .directory)
        }
        return left
    }

    private func remove(
        _ name: String, _ plan: EntryPlan, _ recorded: [MadeEntry], in directory: borrowing Directory
    ) throws(DeviceAccessError) {
        let attempt = "remove \(plan)"
        func found(_ name: String) throws(DeviceAccessError) -> FoundEntry? {
            try attempting(attempt) { () throws(SystemError) in try FoundEntry(name, in: directory) }
        }
        let isHosts = try isHostDevtmpfs(directory, for: attempt)
        if isHosts {
            // Only mounts are ever made there.
            guard plan.isMount || recorded.isEmpty else { throw .hostDevtmpfs(directory, attempt) }
        } else if let staged = try found(temporaryName) {
            guard staged.isStaged(for: plan) else { throw .replaced(by: staged, attempt) }
            try delete(temporaryName, plan, in: directory, attempt)
        }
        // A node that is mounted covers the file below it: one is removed after the other.
        for _ in recorded {
            guard let found = try found(name) else { return }
            guard recorded.contains(where: found.isStill) else {
                // The node that was covered: the host's, or one that the container could not use.
                let wasCovered = plan.isMount && !recorded.contains(where: \.isPlaceholder)
                if isHosts || (wasCovered && found.content == plan.content) { return }
                throw .replaced(by: found, attempt)
            }
            if plan.isMount, found.content != nil {
                try unmount(name, in: directory, attempt)
            } else {
                try delete(name, plan, in: directory, attempt)
            }
        }
    }

    private func delete(
        _ name: String, _ plan: EntryPlan, in directory: borrowing Directory, _ attempt: String
    ) throws(DeviceAccessError) {
        do throws(SystemError) {
            if plan.content == .directory {
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

    private func unmount(
        _ name: String, in directory: borrowing Directory, _ attempt: String
    ) throws(DeviceAccessError) {
        guard let mounts else { preconditionFailure("a plan with a mount needs ContainerMounts") }
        try attempting(attempt) { () throws(SystemError) in
            try mounts.inside { () throws(SystemError) in try Mount.detach(name, in: directory) }
        }
    }
}

extension DeviceAccessError {
    static func replaced(by found: FoundEntry, _ attempt: String) -> DeviceAccessError {
        DeviceAccessError(.replaced, attempt, "it has been replaced by \(found), which stays")
    }
}
