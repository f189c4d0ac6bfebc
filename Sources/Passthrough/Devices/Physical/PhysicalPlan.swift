internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices

/// What attaching a physical device will do: a plan for each member, in the order in which they are applied.
final class PhysicalPlan: DevicePlan {
    private struct Member {
        let id: String
        let plan: any DevicePlan
    }

    let name: String
    private let device: PhysicalDevice
    private let members: [Member]
    /// What the record holds of the members so far.
    private(set) var change: PhysicalChange

    /// - Parameters:
    ///   - id: the id of the attachment.
    ///   - numbers: the numbers that the members get.
    init(
        _ found: FoundPhysicalDevice, id: String, numbers: PartialRangeFrom<Int>, _ context: AttachContext
    ) throws {
        name = found.name
        device = found.device
        var members: [Member] = []
        var changes: [PhysicalChange.Member] = []
        for (number, member) in zip(numbers, found.members) {
            let memberID = PhysicalChange.Member.id(of: id, number, isInterface: member.hostdev.isNetwork)
            let plan = try member.found.plan(member.hostdev, id: memberID, context)
            members.append(Member(id: memberID, plan: plan))
            changes.append(
                PhysicalChange.Member(
                    number: number, kind: member.device.kind, place: member.device.place, name: member.device.name,
                    change: plan.foretold))
        }
        self.members = members
        change = try PhysicalChange(found.device, found.kinds, changes)
    }

    var steps: [Step] { members.flatMap(\.plan.steps) }
    var unrestorable: [Unrestorable] { members.flatMap(\.plan.unrestorable) }
    var foretold: any DeviceChange { change }

    func apply(
        _ phase: AttachPhase, id: String, in context: AttachContext, record: (any DeviceChange) throws -> Void
    ) throws {
        for (place, member) in members.enumerated() {
            try context.backend.endIfInterrupted()
            try member.plan.apply(phase, id: member.id, in: context) { try store($0, at: place, record) }
        }
        if phase == .configure { try verify() }
    }

    func adopt(
        id: String, in context: AttachContext, mismatch: (String) -> PassthroughError,
        record: (any DeviceChange) throws -> Void
    ) throws {
        for (place, member) in members.enumerated() {
            try member.plan.adopt(id: member.id, in: context, mismatch: mismatch) { try store($0, at: place, record) }
        }
    }

    private func store(
        _ change: any DeviceChange, at place: Int, _ record: (any DeviceChange) throws -> Void
    ) throws {
        self.change.members[place].change = change
        try record(self.change)
    }

    /// What was plugged in meanwhile is not what was planned. What the same device presents since, the next reconciliation
    /// attaches.
    private func verify() throws {
        guard try change.present()?.directory == device.directory else {
            throw PassthroughError(
                .noSuchDevice, "\(device) went away while it was attached", device: name)
        }
    }
}

extension Hostdev {
    /// Whether it is a network interface.
    var isNetwork: Bool { if case .net = device { true } else { false } }
}
