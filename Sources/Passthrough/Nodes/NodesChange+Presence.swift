internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices

extension NodesChange {
    /// The numbers of the nodes.
    var numbers: [DeviceNumber] { entries.compactMap(\.number) }

    /// Whether the device is on the host, and its numbers lead to it.
    var isPresent: Bool {
        get throws {
            try numbers.allSatisfy { try DeviceNodes().matches(identity, $0) }
        }
    }

    /// All of it has been taken away.
    mutating func becomeAway() {
        presence = .away
        rules = []
        for index in entries.indices { entries[index].made = [] }
    }
}

extension NodesSubject {
    /// The device of a record that is away, if it is on the host again: under whatever name and numbers, with all the nodes
    /// that it had. Of several that nothing tells apart, the one in its place.
    init?(returned record: NodesChange, as device: Device) throws {
        let identity = record.identity
        let subject: NodesSubject? =
            switch device {
            // One that lacks a node is not back yet.
            case .scsi(let scsi): try Self.unit(identity, record).flatMap { try? NodesSubject(scsi, $0) }
            case .misc(let file):
                try DeviceNodes().node(identity, .character, like: record.name).map { NodesSubject(file, $0) }
            case .storage(let file):
                try DeviceNodes().node(identity, .block, like: record.name).map { NodesSubject(file, $0) }
            default: nil
            }
        // They come one after the other.
        guard let subject, subject.nodes.count >= record.numbers.count else { return nil }
        self = subject
    }

    private static func unit(_ identity: DeviceIdentity, _ record: NodesChange) throws -> SCSIUnit? {
        let all = try SCSIUnits().all()
        var units = all.filter { $0.identity == identity || $0.legacyIdentity == identity }
        if units.isEmpty { units = all.filter { $0.identity.isSameOnOtherPort(as: identity) } }
        return units.count > 1 ? units.first { $0.address == record.address } : units.first
    }
}
