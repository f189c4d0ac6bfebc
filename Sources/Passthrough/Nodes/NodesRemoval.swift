internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// Taking nodes back: the undo of an attach, a detach, and what recovers either after a kill.
struct NodesRemoval {
    let record: NodesRecord
    let id: String

    /// Takes the rules first, then the nodes, then the links: what is still open stays open, but nothing new is opened.
    /// Goes on after a failure; what was left comes back as messages. A container that has gone has taken its nodes along.
    func carryOut(in files: ContainerFiles?, rules: DeviceRules) -> [String] {
        var failures: [String] = []
        for grant in record.grants {
            do throws(DeviceAccessError) {
                guard let grant = Grant(grant) else { continue }
                try rules.revoke(grant)
            } catch {
                failures.append(error.description)
            }
            stopPoint()
        }
        guard let files else { return failures }
        for entry in record.entries {
            let plan = EntryPlan(FilePath(entry.path), EntryContent(entry.content))
            let left = ContainerEntries(id: id).undo(plan, made: entry.made.map(MadeEntry.init), in: files.root)
            // A directory in which the container has made something of its own stays with it.
            failures += left.filter { $0.error.code != .notEmpty }.map(\.description)
            stopPoint()
        }
        return failures
    }
}
