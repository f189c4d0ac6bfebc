internal import HostdevModel
internal import LinuxSystem
internal import Netlink

/// What attaching one device of a document will do.
struct DevicePlan {
    /// The id that its record will have.
    let id: String
    /// What was asked for.
    let hostdev: Hostdev
    /// What that comes to, by the kind of device.
    let kind: Kind

    enum Kind {
        case interface(InterfacePlan)
        case radio(RadioPlan)
        case nodes(NodesPlan)
    }

    /// How messages call the device: its name on the host.
    var name: String {
        switch kind {
        case .interface(let plan): plan.snapshot.link.name.description
        case .radio(let plan): plan.name
        case .nodes(let plan): plan.subject.name
        }
    }

    /// What cannot be had back.
    var losses: [Loss] {
        switch kind {
        case .interface(let plan): plan.losses
        case .radio(let plan): plan.losses
        case .nodes: []
        }
    }

    var steps: [Step] {
        switch kind {
        case .interface(let plan): plan.steps
        case .radio(let plan): plan.steps
        case .nodes(let plan): plan.steps
        }
    }

    /// What a record has to hold before the first change.
    func change(home: FileIdentity?) -> Record.Change {
        let home = home ?? FileIdentity(device: 0, inode: 0)
        switch kind {
        case .interface(let plan):
            var record = plan.snapshot.record(
                containerIndex: plan.containerIndex, containerName: plan.containerName, home: home)
            record.shownFolders = plan.shownFolders
            return .interface(record)
        case .radio(let plan): return .interface(plan.record(home: home))
        case .nodes(let plan): return .nodes(plan.record)
        }
    }
}
