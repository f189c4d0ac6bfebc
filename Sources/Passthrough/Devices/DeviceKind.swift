internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import Netlink

// A kind of device is a folder with four types, each of which makes the next: the kind resolves a hostdev to devices that it
// found on the host, a found device is planned, and a plan is applied, which leaves a change in the record. The lifecycle
// (`Lifecycle/`, `Watch/`) knows nothing but these protocols.

/// The kinds of device, in the order in which they are asked for a hostdev. A new kind is a folder and a line here.
enum DeviceKinds {
    static var all: [any DeviceKind.Type] { [InterfaceKind.self, RadioKind.self, NodesKind.self, PhysicalKind.self] }

    /// What the host has of a hostdev.
    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution {
        for kind in all {
            if let resolution = try kind.resolve(hostdev, context) { return resolution }
        }
        throw PassthroughError(.internal, "no kind of device resolves \(hostdev)", device: "\(hostdev)")
    }

    /// Reads the payload of a record.
    static func change(_ payload: RecordElement) throws -> any DeviceChange {
        guard let kind = all.first(where: { $0.tag == payload.name }) else {
            throw payload.error("is of a kind that this release does not know")
        }
        return try kind.change(payload)
    }

    /// Texts of which one stands in every record.
    static var searchKeys: [String] { all.map { "<\($0.tag)" } }
}

/// What the host has of a hostdev.
enum Resolution {
    /// These devices. Each one becomes an attachment of its own.
    case found([any FoundDevice])
    /// Nothing, for this reason. A container may have it.
    case absent(String)
}

/// A kind of device.
protocol DeviceKind {
    /// The name of the element that holds the kind's changes in a record. It never changes.
    static var tag: String { get }
    /// Finds the devices that a hostdev means. Returns nil for a hostdev that is another kind's.
    ///
    /// - Throws: an error for a device that is ambiguous, or that no container can have at present.
    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution?
    /// Reads a change from a record of this release or an earlier one.
    static func change(_ payload: RecordElement) throws -> any DeviceChange
}

/// A device of the host, known by what it is and not by what it is called.
protocol FoundDevice {
    /// The name on the host by which messages call it.
    var name: String { get }
    /// What a container gets of it, in words.
    var whole: String { get }
    /// The locks that every run takes before it changes the device, or something that is a part of it.
    var lockNames: [String] { get }
    /// What all devices have in common that may conflict with it.
    var conflictKeys: [String] { get }
    /// Whether both are one device, or one is a part of the other. Asked of devices with a common conflict key.
    func conflicts(with other: any FoundDevice) -> Bool
    /// Texts of which one stands in every record that ``plan(_:id:_:)`` has to know, beside those of the container.
    var searchKeys: [String] { get }
    /// Whether the device has got the number of the one in a change, which has left the host. The container would have this
    /// device by what it was given for that one.
    func supersedes(_ change: any DeviceChange) -> Bool
    /// Works out what an attach will do, and changes nothing.
    ///
    /// - Parameter id: the id of the attachment.
    /// - Throws: an error for everything that is known to be in the way.
    func plan(_ hostdev: Hostdev, id: String, _ context: AttachContext) throws -> any DevicePlan
}

extension FoundDevice {
    var searchKeys: [String] { [] }
    func supersedes(_ change: any DeviceChange) -> Bool { false }
}

/// The phases in which the plans of a document are applied: each one for all plans, then the next.
enum AttachPhase: CaseIterable {
    /// Interfaces are moved. The kernel waits for a grace period in each move, and the next move does not wait for the end of
    /// another one when nothing comes between.
    case move
    /// Everything else.
    case configure
}

/// What attaching one device will do.
protocol DevicePlan {
    /// The name on the host by which messages call the device.
    var name: String { get }
    /// The steps in their order.
    var steps: [Step] { get }
    /// What will not be restored when the device returns to the host.
    var unrestorable: [Unrestorable] { get }
    /// What the record has to hold before the first change.
    var foretold: any DeviceChange { get }
    /// Does what belongs to a phase. On failure the caller reverts what the record holds.
    ///
    /// - Parameters:
    ///   - id: the id of the attachment.
    ///   - record: writes the change into the record, as far as it is known.
    func apply(
        _ phase: AttachPhase, id: String, in context: AttachContext, record: (any DeviceChange) throws -> Void) throws
    /// Takes over from another program, which was asked to do what the plan says, and does the rest.
    ///
    /// - Parameter mismatch: makes the error for what that program has not done.
    func adopt(
        id: String, in context: AttachContext, mismatch: (String) -> PassthroughError,
        record: (any DeviceChange) throws -> Void) throws
    /// Whether the device is certainly as it was before ``AttachPhase/move`` failed, so that there is nothing to revert. An
    /// error alone does not say that.
    func isUntouched(in context: AttachContext) -> Bool
}

extension DevicePlan {
    func isUntouched(in context: AttachContext) -> Bool { false }
}

/// What was changed for a device, as a record holds it: enough to list it, revert it, compare it, and follow it.
protocol DeviceChange: RecordPayload {
    /// The name on the host by which messages call the device.
    var hostName: String { get }
    /// All names by which the host knows, or knew, the device.
    func hostNames(of hostdev: Hostdev) -> Set<ByteString>
    /// The names that the device has in the container, now and when it was attached.
    func containerNames(of record: Record) throws -> Set<ByteString>
    /// Whether a selector names devices of this kind.
    func isKind(of selector: DeviceSelector) -> Bool
    /// Whether a path on the host leads to the device now.
    func isDevice(at path: ByteString) throws -> Bool
    /// Whether it is the device that a document means, by whatever name.
    func isDevice(_ wanted: Device, attachedAs hostdev: Hostdev) throws -> Bool
    /// Whether the host's name for the device that a document means is one of this device's at present.
    func isNamedNow(_ wanted: Device) -> Bool

    /// The lock that every run takes before it changes the device.
    var lockName: String { get }
    /// All locks under which something of the device may be changed.
    var lockNames: [String] { get }
    /// The changes of logical devices of which this one is made; itself for one of them.
    var parts: [any DeviceChange] { get }
    /// Whether the device is in a network namespace, and belongs to all containers that share it. The namespace is kept alive
    /// for it.
    var isInNetworkNamespace: Bool { get }
    /// Whether the network namespace of the container has to be kept alive for the device, or for a part of it.
    var needsNetworkNamespace: Bool { get }
    /// Whether the device has left the host, and the container has nothing of it until it returns.
    var isAway: Bool { get }
    /// The hostdev that was attached, with the present address of the device, by which it means no other one.
    func located(_ hostdev: Hostdev) -> Hostdev
    /// The device as `list` shows it.
    func listed(as hostdev: Hostdev) -> Attachment.Device
    /// The nodes by which processes may have the device open; nil if it has none.
    var openable: OpenableNodes? { get }
    /// The messages that tell programs in a container, which listen as for udev(7), what they got.
    func uevents(_ action: Uevent.Action) -> [Uevent]

    /// The same change with a directory that another device of the container was the first to need, if this one has something in
    /// it: nil if it has not.
    func takingOver(_ directory: MadeEntry) -> (any DeviceChange)?

    /// Throws an error if the device could not return to the host as it was, which is better said before.
    func checkReturn(of record: Record, _ backend: Backend) throws
    /// Reverts the change: the undo of a failed attach, of a detach, and of a run that was killed. It asks for each step
    /// whether it has been done, so it can be begun again at any point.
    ///
    /// - Throws: `no-such-device` if there is nothing left to revert; anything else leaves the record for another attempt.
    func revert(_ record: Record, _ backend: Backend) throws -> Reversal

    /// Compares what is in the container with what was attached, and reports each difference.
    func check(_ record: Record, in container: borrowing Container, _ differs: ReportDifference) throws
    /// Whether the container has something of a device that has left the host, or nothing of one that has returned.
    func needsReconcile(_ record: Record) throws -> Bool
    /// Removes from the container what it has of a device that has left the host, attaches one that has returned, and repairs
    /// what others have undone. The caller holds the lock of the container, which runs.
    func reconcile(_ work: Reconciliation, _ locks: inout Locks) throws
    /// Removes what the container has of a device that has left the host. Returns what could not be removed.
    func withdraw(_ work: Reconciliation) throws -> [PassthroughError]
}

/// Reports what differs, what it was to be, and what it is.
typealias ReportDifference = (_ what: String, _ expected: String, _ found: String) -> Void

extension DeviceChange {
    var lockNames: [String] { [lockName] }
    var parts: [any DeviceChange] { [self] }
    var needsNetworkNamespace: Bool { isInNetworkNamespace }
    func located(_ hostdev: Hostdev) -> Hostdev { hostdev }
    func takingOver(_ directory: MadeEntry) -> (any DeviceChange)? { nil }
    func isDevice(at path: ByteString) throws -> Bool { false }
    func isNamedNow(_ wanted: Device) -> Bool { false }
    var isAway: Bool { false }
    var openable: OpenableNodes? { nil }
    func uevents(_ action: Uevent.Action) -> [Uevent] { [] }
    func checkReturn(of record: Record, _ backend: Backend) throws {}
    func needsReconcile(_ record: Record) throws -> Bool { false }
    func reconcile(_ work: Reconciliation, _ locks: inout Locks) throws { work.report(.unchanged) }
    func withdraw(_ work: Reconciliation) throws -> [PassthroughError] { [] }
}

extension DeviceChange {
    /// The nodes that the container has of the device.
    var nodes: [NodesChange] { parts.compactMap { $0 as? NodesChange } }

    /// The interfaces that the container has of the device, those of a radio among them.
    var interfaces: [InterfaceChange] {
        parts.flatMap { part -> [InterfaceChange] in
            switch part {
            case let interface as InterfaceChange: [interface]
            case let radio as RadioChange: [radio.interface] + radio.companions
            default: []
            }
        }
    }
}

/// What came of reverting a change.
struct Reversal {
    /// What could not be restored.
    var failures: [PassthroughError] = []
    /// Whether something of ours is left that another attempt may revert: then the record stays.
    var isIncomplete = false
}
