public import Containers
internal import HostdevModel
internal import NodeDevices

extension Backend {
    /// Compares what was attached with what is, and changes nothing. Empty when all is as it was attached.
    ///
    /// - Parameter reference: the container whose devices are compared; nil for all.
    public func check(_ reference: ContainerReference? = nil) throws(PassthroughError) -> [Drift] {
        do {
            try Self.requirePrivilege()
            let records =
                try reference.map { reference in try MeantContainer(reference).records(in: journal) }
                ?? journal.records()
            let unreadable = try unreadableRecords(of: reference)
            return unreadable.map(Drift.init)
                + records.flatMap { record in
                    do {
                        return try drift(of: record)
                    } catch {
                        // One that cannot be looked at hides no other.
                        return [Drift(record, "state", "attached", "unknown: \(PassthroughError(error))")]
                    }
                }
        } catch {
            throw PassthroughError(error)
        }
    }

    private func drift(of record: Record) throws -> [Drift] {
        var drift: [Drift] = []
        func differs(_ what: String, _ expected: String, _ found: String) {
            drift.append(Drift(record, what, expected, found))
        }
        guard try !isUnfinished(record) else {
            differs("state", "attached", record.isDetaching ? "detaching" : "attaching")
            return drift
        }
        let container: Container
        switch record.container.life() {
        case .running(let running): container = running
        case .ended:
            differs("container", "running", "ended")
            return drift
        case .unknown(let error):
            differs("container", "running", "unknown: \(error)")
            return drift
        }
        switch (record.change, record.hostdev.device) {
        case (.interface(let interface), .net(let device)):
            let sockets = try InterfaceSockets(to: container.network, named: record.container.reference)
            let check = InterfaceCheck(device: device, record: interface, snapshot: try .init(interface))
            try check.compare(with: sockets, differs)
            if let radio = interface.radio {
                try RadioCheck(record: interface, radio: radio).compare(with: sockets, differs)
            }
        case (.nodes(let nodes), let device):
            guard let files = container.files, let request = NodesRequest(device) else { break }
            guard nodes.presence == .here else {
                let back = try NodesSubject(returned: nodes, as: device)
                differs(
                    "device", nodes.identity.description,
                    back.map { "back as \($0.name), and not attached again" } ?? "away")
                break
            }
            try NodesCheck(request: request, record: nodes, id: record.id).compare(with: files, differs)
        default: break
        }
        return drift
    }
}
