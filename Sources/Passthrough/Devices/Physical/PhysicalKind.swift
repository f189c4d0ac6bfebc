internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

/// Physical devices: of a USB device or a PCI function a container gets all logical devices that it presents. Each of these is a
/// member of the attachment, which its own kind attaches, compares and reverts.
enum PhysicalKind: DeviceKind {
    static let tag = PhysicalChange.tag

    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution? {
        guard let wanted = WantedPhysicalDevice(hostdev.device) else { return nil }
        return .found([try FoundPhysicalDevice(wanted, try wanted.find(), context)])
    }

    static func change(_ payload: RecordElement) throws -> any DeviceChange { try PhysicalChange(payload) }
}

/// What a document says about a physical device, whatever its bus.
struct WantedPhysicalDevice {
    enum Source {
        case usb(USBDevice.Source)
        case pci(PCIAddress)
    }

    let source: Source
    let kinds: LogicalKinds

    /// Returns nil for a device that is not a physical one.
    init?(_ device: Device) {
        switch device {
        case .usb(let usb): (source, kinds) = (.usb(usb.source), usb.kinds)
        case .pci(let pci): (source, kinds) = (.pci(pci.source), pci.kinds)
        default: return nil
        }
    }

    /// Finds the device on the host.
    func find() throws(NodeDeviceError) -> PhysicalDevice {
        switch source {
        case .usb(let source): try PhysicalDevices().device(source)
        case .pci(let address): try PhysicalDevices().device(address)
        }
    }
}

/// A physical device of the host, with the logical devices that a container is to get of it.
struct FoundPhysicalDevice: FoundDevice {
    /// A logical device, and what its kind found.
    struct Member {
        let device: LogicalDevice
        let hostdev: Hostdev
        let found: any FoundDevice
    }

    let device: PhysicalDevice
    let identity: DeviceIdentity
    let contents: PhysicalContents
    let kinds: LogicalKinds
    let members: [Member]

    init(_ wanted: WantedPhysicalDevice, _ device: PhysicalDevice, _ context: AttachContext) throws {
        if let role = device.role { throw try Self.refusal(of: device, role) }
        let contents = try device.contents()
        try self.init(
            device, contents, wanted.kinds.without(try PhysicalGuards.kindsOfDisplay(device, contents, wanted.kinds)),
            context)
    }

    /// - Parameter isNew: which of the logical devices of these kinds become members.
    init(
        _ device: PhysicalDevice, _ contents: PhysicalContents, _ kinds: LogicalKinds, _ context: AttachContext,
        where isNew: (LogicalDevice) -> Bool = { _ in true }
    ) throws {
        self.device = device
        self.contents = contents
        self.kinds = kinds
        identity = try device.identity
        var members: [Member] = []
        for logical in contents.devices where kinds.contains(logical.kind) && isNew(logical) {
            guard let hostdev = try logical.hostdev, let found = try Self.find(hostdev, context),
                // A radio brings all its interfaces.
                !hostdev.isNetwork || !members.contains(where: { $0.found.conflicts(with: found) })
            else { continue }
            members.append(Member(device: logical, hostdev: hostdev, found: found))
        }
        self.members = members
    }

    /// Finds a logical device by its own kind. Returns nil for an interface that is in another network namespace.
    private static func find(_ hostdev: Hostdev, _ context: AttachContext) throws -> (any FoundDevice)? {
        guard case .net(let net) = hostdev.device else {
            guard let options = NodeOptions(hostdev.device), let source = try DeviceNodeSource(hostdev.device) else {
                return nil
            }
            return FoundNodes(options: options, source: source.withLinks)
        }
        let sockets = try context.interfaces
        guard let link = try net.source.find(on: sockets.host) else { return nil }
        return try FoundRadio(net, link, sockets) ?? FoundInterface(device: net, link: link, home: sockets.home)
    }

    var name: String { device.name }
    var whole: String { device.description }
    var lockNames: [String] { [PhysicalChange.lockName(device)] + members.flatMap(\.found.lockNames) }
    // The nodes of a disk have one key.
    var conflictKeys: [String] { Array(Set([device.directory.string] + members.flatMap(\.found.conflictKeys))) }
    // Every record of a physical device, and of an interface: each may be of this one under another name.
    var searchKeys: [String] { ["<\(PhysicalChange.tag)"] + members.flatMap(\.found.searchKeys) }

    func conflicts(with other: any FoundDevice) -> Bool {
        if let other = other as? FoundPhysicalDevice { return device.directory == other.device.directory }
        return members.contains { $0.found.conflicts(with: other) || other.conflicts(with: $0.found) }
    }

    func supersedes(_ change: any DeviceChange) -> Bool { members.contains { $0.found.supersedes(change) } }

    func plan(_ hostdev: Hostdev, id: String, _ context: AttachContext) throws -> any DevicePlan {
        try refuseTaken(among: context.records, by: context)
        try PhysicalGuards(device: device, contents: contents, kinds: kinds).check(context)
        guard !members.isEmpty else {
            throw PassthroughError(
                .noSuchDevice,
                kinds == .all
                    ? "\(device) presents nothing that a container could use"
                    : "\(device) presents nothing of these kinds",
                device: name, hint: .words("its driver may not be loaded"))
        }
        return try PhysicalPlan(self, id: id, numbers: 0..., context)
    }

    /// Refuses a device that another attachment has, as a whole or a part of it.
    func refuseTaken(among records: [Record], by context: AttachContext, except id: String? = nil) throws {
        for record in records where record.id != id {
            // One that is away is the device that it will be when it is back.
            guard let other = record.change as? PhysicalChange,
                try other.identity == identity
                    || other.current(as: record.hostdev)?.directory == device.directory
            else { continue }
            throw record.taken(by: context.identity)
        }
        // Of an interface that is in a container nothing is found on the host but the device below it.
        for record in try context.backend.journal.records(mentioning: ["<interface", "<radio"]) where record.id != id {
            guard !(record.change is PhysicalChange), try record.change.interfaces.contains(where: isBelow) else {
                continue
            }
            throw record.taken(by: context.identity)
        }
    }

    private func isBelow(_ change: InterfaceChange) throws -> Bool {
        guard let directory = try change.link.flatMap(InterfaceHardware.init)?.directory else { return false }
        return directory == device.directory || directory.string.utf8.starts(with: "\(device.directory)/".utf8)
    }

    /// A device that only connects others. What is connected to it can be given instead.
    private static func refusal(
        of device: PhysicalDevice, _ role: PhysicalDevice.Role
    ) throws(NodeDeviceError) -> PassthroughError {
        let connected = try device.contents().connected
        let kind = role.rawValue.replacing("-", with: " ")
        return PassthroughError(
            .notSupported,
            "\(device) is a \(kind): it presents nothing itself, and connects "
                + (connected.isEmpty ? "nothing at present" : connected.joined(separator: ", ")),
            device: device.name,
            hint: connected.isEmpty
                ? nil
                : .words(
                    "give what is connected to it, as in "
                        + (connected[0].utf8.contains(UInt8(ascii: "-"))
                            ? "--usb port:\(connected[0])" : "--pci \(connected[0])")))
    }
}

extension LogicalDevice {
    /// The hostdev by which its own kind attaches it. Returns nil for a radio, which comes with its interfaces.
    ///
    /// - Throws: `InvalidValue` for a name that no document can contain.
    var hostdev: Hostdev? {
        get throws(InvalidValue) {
            switch content {
            case .node(let number, let path):
                let file = DeviceFile(source: try DevicePath("/dev/\(path)"))
                return Hostdev(number.kind == .block ? .storage(file) : .misc(file))
            case .interface(let name, _): return Hostdev(.net(NetDevice(source: .name(try InterfaceName(name)))))
            case .radio: return nil
            }
        }
    }
}

extension LogicalKinds {
    /// The same without some kinds.
    func without(_ others: Set<LogicalKind>) -> LogicalKinds {
        guard !others.isEmpty else { return self }
        switch self {
        case .all: return .except(others)
        case .only(let kinds): return .only(kinds.subtracting(others))
        case .except(let kinds): return .except(kinds.union(others))
        }
    }
}
