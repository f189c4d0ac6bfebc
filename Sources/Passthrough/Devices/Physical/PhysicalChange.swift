internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage
internal import XMLTree

/// What an attach changed for a physical device: what it was known by, and what was changed for each member.
struct PhysicalChange: Sendable {
    /// The device on its bus: when it was attached, or plugged in last.
    var bus: PhysicalDevice.Bus
    /// The address at the time of the attach of a USB device: its number is another each time that it is plugged in.
    var firstAddress: String
    /// The device's directory in sysfs.
    var directory: FilePath
    /// What tells it from another device that may get its address.
    var identity: DeviceIdentity
    /// The kinds of logical devices that become members.
    var kinds: LogicalKinds
    /// What a container could change of a USB device through its node, and what the host had before.
    var usbState: USBState?
    /// Whether the device has left the host.
    var isGone = false
    /// What the container has of it, in the order in which it was made.
    var members: [Member]

    /// A logical device, and what was changed for it.
    struct Member: Sendable {
        /// Its number in the attachment, which no other member had before.
        var number: Int
        var kind: LogicalKind
        /// Its directory below that of the physical device.
        var place: String
        /// The kernel's name on the host: `ttyUSB0`, `bus/usb/003/006`, `eth0`.
        var name: String
        var change: any DeviceChange
    }
}

extension PhysicalChange {
    init(_ device: PhysicalDevice, _ kinds: LogicalKinds, _ members: [Member]) throws {
        self.init(
            bus: device.bus, firstAddress: device.bus.address, directory: device.directory,
            identity: try device.identity,
            kinds: kinds, usbState: try device.usbState(), members: members)
    }

    /// The kernel's name of the device: `3-1.2`, `0000:01:00.0`.
    var name: String { directory.lastComponent?.string ?? identity.description }

    /// The lock of all attachments of a device.
    static func lockName(_ device: PhysicalDevice) -> String { lockName(device.bus, device.name) }
    static func lockName(_ bus: PhysicalDevice.Bus, _ name: String) -> String {
        if case .usb = bus { "usb-\(name)" } else { "pci-\(name)" }
    }

    /// The first number that no member has had.
    var nextNumber: Int { (members.map(\.number).max() ?? -1) + 1 }
}

extension PhysicalDevice.Bus {
    /// The address in its usual notation: `003:006`, `0000:01:00.0`.
    var address: String {
        switch self {
        case .usb(_, _, let address): address.description
        case .pci(let address, _, _): address.description
        }
    }
}

extension PhysicalChange.Member {
    /// The id under which a member is made and reverted. Those of nodes appear in names of files in the container, which have to
    /// differ; the network namespace of an interface is pinned under the id of the attachment.
    static func id(of attachment: String, _ number: Int, isInterface: Bool) -> String {
        isInterface ? attachment : "\(attachment)-m\(number)"
    }

    /// The hostdev by which its own kind attached it.
    ///
    /// - Throws: `InvalidValue` for a record that was damaged.
    var hostdev: Hostdev {
        get throws(InvalidValue) {
            guard let nodes = change as? NodesChange else {
                return Hostdev(.net(NetDevice(source: .name(try InterfaceName(name)))))
            }
            let file = DeviceFile(source: try DevicePath("/dev/\(name)"))
            return Hostdev(nodes.numbers.first?.kind == .block ? .storage(file) : .misc(file))
        }
    }

    /// The record of the attachment as it would be if this were all of it.
    func record(of record: Record) throws -> Record {
        var own = record
        own.id = Self.id(of: record.id, number, isInterface: !(change is NodesChange))
        own.hostdev = try hostdev
        own.change = change
        return own
    }
}

extension PhysicalChange: RecordPayload {
    static let tag = "physical"

    var element: XMLNode {
        var element = XMLNode(Self.tag)
        switch bus {
        case .usb(let id, let serial, let address):
            element.add("usb", id.description)
            if let serial { element.add("serial", serial.description) }
            element.add("address", address.description)
            if let port = address.port {
                element.add("port", port.path)
                if let controller = port.controller { element.add("controller", controller.description) }
            }
        case .pci(let address, let vendor, let device):
            element.add("pci", address.description)
            element.add("vendor", String(vendor))
            element.add("device", String(device))
        }
        element.add("first-address", firstAddress)
        element.add("directory", directory.string)
        element.add("identity", identity.description)
        switch kinds {
        case .all: break
        case .only(let kinds): element.add("only", Self.text(kinds))
        case .except(let kinds): element.add("except", Self.text(kinds))
        }
        if isGone { element.add("gone", "yes") }
        if let usbState { element.children.append(Self.element(usbState)) }
        element.children += members.map { member in
            var child = XMLNode("member")
            child.add("number", String(member.number))
            child.add("kind", member.kind.rawValue)
            child.add("place", member.place)
            child.add("name", member.name)
            child.children = [member.change.element]
            return child
        }
        return element
    }

    private static func element(_ state: USBState) -> XMLNode {
        var element = XMLNode("state")
        if let configuration = state.configuration { element.add("configuration", configuration) }
        element.children = state.drivers.sorted { $0.key < $1.key }.map { interface, driver in
            var child = XMLNode("interface")
            child.add("name", interface)
            child.add("driver", driver)
            return child
        }
        return element
    }

    private static func text(_ kinds: Set<LogicalKind>) -> String {
        LogicalKind.allCases.filter(kinds.contains).map(\.rawValue).joined(separator: " ")
    }

    init(_ element: RecordElement) throws {
        bus = try PhysicalDevice.Bus(element)
        firstAddress = try element.text("first-address")
        directory = FilePath(try element.text("directory"))
        guard directory.isAbsolute, StateDirectory.isLockName(Self.lockName(bus, directory.lastComponent?.string ?? ""))
        else { throw element.error("has a wrong directory") }
        identity = DeviceIdentity(try element.text("identity"))
        kinds = .all
        if element.has("only") { kinds = .only(try Self.kinds("only", of: element)) }
        if element.has("except") { kinds = .except(try Self.kinds("except", of: element)) }
        isGone = element.has("gone")
        members = try element.children.filter { $0.name == "member" }.map(Member.init)
        guard let state = element.children.first(where: { $0.name == "state" }) else { return }
        var drivers: [String: String] = [:]
        for interface in state.children { drivers[try interface.text("name")] = try interface.text("driver") }
        usbState = USBState(
            configuration: state.has("configuration") ? try state.text("configuration") : nil, drivers: drivers)
    }

    private static func kinds(_ attribute: String, of element: RecordElement) throws -> Set<LogicalKind> {
        let text = try element.text(attribute)
        guard !text.isEmpty else { return [] }
        guard let kinds = try? Set<LogicalKind>(kinds: text, separator: " ") else {
            throw element.error("has a wrong \(attribute)")
        }
        return kinds
    }
}

extension PhysicalDevice.Bus {
    fileprivate init(_ element: RecordElement) throws {
        do {
            guard element.has("usb") else {
                self = .pci(
                    try PCIAddress(element.text("pci")), vendor: try element.number("vendor"),
                    device: try element.number("device"))
                return
            }
            var address = try USBAddress(element.text("address"))
            if element.has("port") {
                address = try USBAddress(
                    bus: address.bus, device: address.device, port: element.text("port"),
                    controller: element.has("controller") ? PCIAddress(element.text("controller")) : nil)
            }
            self = .usb(
                try USBID(element.text("usb")),
                serial: element.has("serial") ? try USBSerial(element.text("serial")) : nil, address)
        } catch let error as InvalidValue {
            throw element.error("has a wrong address: \(error)")
        }
    }
}

extension PhysicalChange.Member {
    fileprivate init(_ element: RecordElement) throws {
        number = try element.number("number")
        // The next member gets a greater one.
        guard (0..<Int(Int32.max)).contains(number) else { throw element.error("has a wrong number") }
        guard let kind = LogicalKind(rawValue: try element.text("kind")) else {
            throw element.error("is of a kind that this release does not know")
        }
        self.kind = kind
        place = try element.text("place")
        name = try element.text("name")
        guard let payload = element.children.first, payload.name != PhysicalChange.tag else {
            throw element.error("says no device")
        }
        change = try DeviceKinds.change(payload)
        do {
            _ = try hostdev
        } catch {
            throw element.error("has a wrong name: \(error)")
        }
    }
}
