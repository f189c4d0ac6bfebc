internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Taking nodes back: the undo of an attach, a detach, and what recovers either after a kill.
struct NodesRemoval {
    let record: NodesChange
    let id: String

    /// What could not be taken back.
    struct Rest {
        /// For people.
        var messages: [String] = []
        /// Directories that others still use.
        var sharedDirectories: [MadeEntry] = []
        /// Whether another try may succeed: something of ours is still there.
        var canBeTriedAgain = false
    }

    /// Takes the rules first, then the nodes, then the links, and tells of it: what is still open stays open, but nothing
    /// new is opened. Goes on after a failure. Without a container: it has gone, and has taken its nodes along.
    func carryOut(rules: DeviceRules) -> Rest { carryOut(rules: rules, in: nil) }

    /// The same in a container that runs.
    func carryOut(in container: borrowing Container, rules: DeviceRules) -> Rest {
        let rest = carryOut(rules: rules, in: container.files)
        NodesChange.announce(.remove, [record], in: container)
        return rest
    }

    private func carryOut(rules: DeviceRules, in files: ContainerFiles?) -> Rest {
        var rest = Rest()
        for rule in record.rules {
            do throws(DeviceAccessError) {
                try rules.revoke(rule)
            } catch {
                rest.messages.append(error.description)
                rest.canBeTriedAgain = true
            }
            stopPoint()
        }
        guard let files else { return rest }
        // Each in the reverse order of making, in which what shares a directory with others finds it empty at last.
        let last = record.entries.enumerated().reversed()
        for (index, entry) in last.filter({ $0.element.number != nil }) + last.filter({ $0.element.number == nil }) {
            let plan = entry.plan
            let entries: ContainerNodes
            do throws(SystemError) {
                entries = try ContainerNodes(attachment: id, entry: index, in: files)
            } catch {
                rest.messages.append("remove \(plan): \(error)")
                rest.canBeTriedAgain = true
                continue
            }
            let left = entries.remove(plan, made: entry.made, in: files.root)
            for left in left {
                guard left.error.code != .notEmpty else {
                    // Another attachment may have made its links there; or the container something of its own.
                    rest.sharedDirectories += left.made.map { [$0] } ?? []
                    continue
                }
                rest.messages.append(left.description)
                if left.error.code != .replaced { rest.canBeTriedAgain = true }
            }
            stopPoint()
        }
        return rest
    }
}
