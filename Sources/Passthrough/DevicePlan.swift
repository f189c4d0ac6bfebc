internal import HostdevModel

/// What attaching one device of a document will do.
struct DevicePlan {
    /// What was asked for.
    let hostdev: Hostdev
    /// What that comes to, by the kind of device.
    let kind: Kind

    enum Kind {
        case interface(InterfacePlan)
    }

    /// How messages call the device: its name on the host.
    var name: String {
        switch kind {
        case .interface(let plan): plan.snapshot.link.name.description
        }
    }

    var steps: [Step] {
        switch kind {
        case .interface(let plan): plan.steps
        }
    }
}
