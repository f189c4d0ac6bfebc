internal import Containers
internal import HostdevModel
internal import Passthrough

struct ErrorDocument: Encodable {
    struct Failure: Encodable {
        let code: String
        let message: String
        let device: String?
        let container: String?
        let hint: String?
        var problems: [Problem]?
    }

    /// A problem of a document, and its position.
    struct Problem: Encodable {
        let file: String
        let line: Int
        let column: Int
        let message: String
    }

    let error: Failure

    init(_ error: PassthroughError) {
        self.error = Failure(
            code: error.code.rawValue, message: error.fullMessage, device: error.device, container: error.container,
            hint: error.hint?.text)
    }

    init(_ error: RejectedDocument) {
        self.error = Failure(
            code: PassthroughError.Code.invalidDocument.rawValue,
            message: error.problems.map(\.description).joined(separator: "\n"), device: nil, container: nil, hint: nil,
            problems: error.problems.map {
                Problem(file: $0.file, line: $0.line, column: $0.column, message: $0.message)
            })
    }
}

struct StepsDocument: Encodable {
    struct Entry: Encodable {
        let step: String
        let device: String
        let detail: String
    }

    let steps: [Entry]
    let losses: [LossDocument]

    init(_ steps: [Step], _ unrestorable: [Unrestorable]) {
        self.losses = unrestorable.map(LossDocument.init)
        self.steps = steps.map { Entry(step: $0.step, device: $0.device, detail: $0.detail) }
    }
}

/// A property of a device that cannot be restored on detach.
struct LossDocument: Encodable {
    let device: String
    let what: String

    init(_ property: Unrestorable) {
        device = property.device
        what = property.what
    }
}

struct OutcomeDocument: Encodable {
    struct Holder: Encodable {
        let device: String
        let pid: Int32
        let command: String
    }

    let attached: [AttachmentDocument]
    let detached: [AttachmentDocument]
    let unchanged: [AttachmentDocument]
    /// The properties of attached devices that cannot be restored on detach.
    let losses: [LossDocument]
    /// The processes that still have a detached device open, or nil if there are none.
    let open: [Holder]?

    init(_ outcome: Outcome) {
        attached = outcome.attached.map(AttachmentDocument.init)
        detached = outcome.detached.map(AttachmentDocument.init)
        unchanged = outcome.unchanged.map(AttachmentDocument.init)
        losses = outcome.unrestorable.map(LossDocument.init)
        let holders = outcome.openHandles.map { Holder(device: $0.device, pid: $0.process, command: $0.command) }
        open = holders.isEmpty ? nil : holders
    }
}

/// An attachment as `list`, `attach`, `detach` and `apply` print it.
struct AttachmentDocument: Encodable {
    struct Source: Encodable {
        var name: String
        var mac: String?
        var address: String?
        var wwid: String?
        // Of a USB device.
        var vendor: String?
        var product: String?
        var serial: String?
        var bus: UInt16?
        var device: UInt8?
        var port: String?
    }

    /// A logical device of a physical one: a node, or an interface.
    struct Member: Encodable {
        let kind: String
        let state: String
        var path: String?
        var type: String?
        var major: UInt32?
        var minor: UInt32?
        var links: [String]?
        var name: String?
        var ifindex: Int32?
    }

    struct Target: Encodable {
        struct Node: Encodable {
            let path: String
            let type: String
            let major: UInt32
            let minor: UInt32
        }

        var name: String?
        var ifindex: Int32?
        var address: String?
        var nodes: [Node]?
    }

    let id: String
    let container: String
    let state: String
    let type: String
    let source: Source
    let target: Target
    let members: [Member]?
    let access: String?
    let alias: String?
    let since: String?

    init(_ attachment: Attachment) {
        id = attachment.id
        container = attachment.container
        state = attachment.state.rawValue
        alias = attachment.alias
        let isConfigured = attachment.state == .configured
        since = isConfigured ? nil : timestamp(attachment.since)
        switch attachment.device {
        case .interface(let interface):
            type = "net"
            source = Source(name: interface.hostName, mac: interface.hardwareAddress)
            target = Target(
                name: interface.containerName, ifindex: isConfigured ? nil : interface.containerIndex)
            access = nil
            members = nil
        case .unit(let unit):
            type = attachment.type
            source = Source(name: unit.name, address: unit.address, wwid: unit.wwid)
            target = Target(
                address: unit.targetAddress,
                nodes: unit.nodes.map {
                    Target.Node(
                        path: $0.path, type: $0.isBlock ? "block" : "char", major: $0.major, minor: $0.minor)
                })
            access = unit.isReadOnly ? "r" : "rw"
            members = nil
        case .physical(let physical):
            type = attachment.type
            source = Source(physical)
            target = Target()
            access = nil
            members = physical.members.map(Member.init)
        }
    }
}

extension AttachmentDocument.Source {
    init(_ physical: Attachment.Physical) {
        switch physical.address {
        case .usb(let id, let serial, let address):
            let ids = id.description.split(separator: ":").map(String.init)
            self.init(
                name: physical.name, vendor: ids.first, product: ids.last, serial: serial?.description,
                bus: address.bus, device: address.device, port: physical.name)
        case .pci(let address): self.init(name: physical.name, address: address.description)
        }
    }
}

extension AttachmentDocument.Member {
    init(_ member: Attachment.Physical.Member) {
        kind = member.kind.rawValue
        state = (member.isAway ? Attachment.State.away : .attached).rawValue
        switch member.device {
        case .interface(let interface): (name, ifindex) = (interface.containerName, interface.containerIndex)
        case .unit(let unit):
            guard let node = unit.nodes.first else { return }
            (path, type) = (node.path, node.isBlock ? "block" : "char")
            (major, minor) = (node.major, node.minor)
            links = unit.links
        case .physical: break
        }
    }
}

extension Attachment.Physical {
    /// `0403:6001 3-1.2 (3:006)`, `0000:01:00.0`.
    fileprivate var shortText: String {
        switch address {
        case .usb(let id, _, let address):
            "\(id) \(name) (\(address.bus):\(address.description.suffix(3)))"
        case .pci(let address): address.description
        }
    }

    /// `usb 0403:6001 at bus 3 device 6 (3-1.2)`, `pci 0000:01:00.0`.
    fileprivate var longText: String {
        switch address {
        case .usb(let id, _, let address): "usb \(id) at bus \(address.bus) device \(address.device) (\(name))"
        case .pci(let address): "pci \(address)"
        }
    }
}

extension Attachment.Physical.Member {
    /// The node or the name of the interface in the container.
    var targetText: String { device.targetText }

    /// The node, or the interface with its name on the host and in the container.
    fileprivate var longText: String {
        guard case .interface = device else {
            guard case .unit(let unit) = device else { return targetText }
            return ([targetText] + unit.links).joined(separator: "  ")
        }
        return "\(device.sourceText) as \(targetText)"
    }

    var kindText: String { kind.rawValue }

    var stateText: String { (isAway ? Attachment.State.away : .attached).rawValue }
}

extension Output {
    /// Prints what was attached and detached. Processes that still have a device open are printed to standard error.
    func print(_ outcome: Outcome) throws {
        if format == .text {
            for handle in outcome.openHandles {
                writeError("hostdev: process \(handle.process) (\(handle.command)) still has \(handle.device) open")
            }
        }
        try print(OutcomeDocument(outcome)) {
            outcome.attached.flatMap(\.attachedLines) + outcome.detached.map(\.detachedText)
        }
    }

    /// Prints the steps of a plan.
    func print(_ steps: [Step], _ unrestorable: [Unrestorable] = []) throws {
        try print(StepsDocument(steps, unrestorable)) { steps.map(\.description) }
    }
}

extension Attachment {
    /// The type of the device in documents, such as `net` or `scsi`.
    var type: String { hostdev.device.typeName }

    /// The message after attaching it: of a physical device, what the container has of it on lines of their own.
    var attachedLines: [String] {
        guard case .physical(let physical) = device else { return [attachedText] }
        return [attachedText] + physical.members.map { "  \($0.longText)" }
    }

    /// The first line of the message.
    var attachedText: String {
        guard case .physical(let physical) = device else {
            return "attached \(sourceText) to \(container) as \(targetText)"
        }
        return "attached \(physical.longText) to \(container)"
    }

    /// The message after detaching it.
    var detachedText: String {
        "detached \(sourceText) from \(container)" + (state == .away ? " until it is back on the host" : "")
    }

    /// The name of the device on the host.
    var sourceText: String { device.sourceText }

    /// The name or the nodes of the device in the container.
    var targetText: String { device.targetText }
}

extension Attachment.Device {
    fileprivate var sourceText: String {
        switch self {
        case .physical(let physical): physical.shortText
        case .interface(let interface): interface.hostName
        case .unit(let unit): unit.name
        }
    }

    fileprivate var targetText: String {
        switch self {
        case .physical(let physical):
            physical.members.count == 1 ? "1 device" : "\(physical.members.count) devices"
        case .interface(let interface): interface.containerName
        case .unit(let unit): unit.nodes.isEmpty ? unit.name : unit.nodes.map(\.path).joined(separator: " ")
        }
    }
}
