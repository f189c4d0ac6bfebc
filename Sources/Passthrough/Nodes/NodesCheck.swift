internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage

/// Compares the nodes of a device in a container, its rules and the device itself with what was attached.
struct NodesCheck {
    let request: NodesRequest
    let record: NodesChange
    let id: String

    func compare(
        with files: ContainerFiles, _ differs: (_ what: String, _ expected: String, _ found: String) -> Void
    ) throws {
        for (index, entry) in record.entries.enumerated() {
            if let number = entry.number {
                // Another device may have got the numbers of one that went away.
                let identity = try DeviceNodes().identity(of: number)
                if try !DeviceNodes().matches(record.identity, number) {
                    let isGone = identity == DeviceIdentity(unknown: number)
                    let what = record.address == nil ? "device" : "unit"
                    differs(what, record.identity.description, isGone ? "no such device" : identity.description)
                }
                let rule = DeviceRule(number, request.access)
                if try files.groups.permits(rule) == false {
                    differs("rule", rule.description, "denied")
                }
            }
            guard let made = entry.made.last else { continue }
            let entries = try ContainerNodes(attachment: id, entry: index, in: files)
            switch try entries.state(of: made, in: files.root) {
            case .inPlace: break
            case .gone, .unfinished: differs("node", entry.plan.path.string, "gone")
            case .replaced(let by): differs("node", entry.plan.path.string, "replaced by \(by)")
            }
        }
    }
}
