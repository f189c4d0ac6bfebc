internal import DeviceAccess
public import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

/// A device in a container, as `list` shows it.
public struct Attachment: Hashable, Sendable {
    /// Where it stands.
    public enum State: String, Hashable, Sendable {
        /// An attach is under way, or was killed.
        case attaching
        case attached
        /// The device has gone from the host: the container has nothing of it until it is back.
        case away
        /// A detach is under way, or was killed.
        case detaching
        /// In the container's configuration, for its next start.
        case configured
    }

    /// What it is.
    public enum Device: Hashable, Sendable {
        case interface(Interface)
        case unit(Unit)
        case physical(Physical)
    }

    /// An interface.
    public struct Interface: Hashable, Sendable {
        /// Its name on the host.
        public let hostName: String
        /// Its hardware address on the host, where it has one.
        public let hardwareAddress: String?
        /// Its name in the container.
        public let containerName: String
        /// Its number in the container.
        public let containerIndex: Int32
        /// The hardware address that it was given in the container, where it has one.
        public let containerHardwareAddress: String?
        /// The MTU that it was given in the container. Nil where that is not known yet.
        public let mtu: UInt32?
        /// The addresses that it was given in the container: those of the host that it inherits, then those of the document.
        public let addresses: [InterfaceAddress]

        /// An interface from its parts.
        public init(
            hostName: String, hardwareAddress: String?, containerName: String, containerIndex: Int32,
            containerHardwareAddress: String? = nil, mtu: UInt32? = nil, addresses: [InterfaceAddress] = []
        ) {
            self.hostName = hostName
            self.hardwareAddress = hardwareAddress
            self.containerName = containerName
            self.containerIndex = containerIndex
            self.containerHardwareAddress = containerHardwareAddress
            self.mtu = mtu
            self.addresses = addresses
        }
    }

    /// A device with nodes: a SCSI unit, or one that is known by its node alone.
    public struct Unit: Hashable, Sendable {
        /// A node in the container.
        public struct Node: Hashable, Sendable {
            /// Where it is.
            public let path: String
            /// Whether it is a block device, else a character device.
            public let isBlock: Bool
            /// The driver.
            public let major: UInt32
            /// The driver's device.
            public let minor: UInt32

            /// A node from its parts.
            public init(path: String, isBlock: Bool, major: UInt32, minor: UInt32) {
                self.path = path
                self.isBlock = isBlock
                self.major = major
                self.minor = minor
            }
        }

        /// The kernel's name on the host.
        public let name: String
        /// H:C:T:L on the host of the SCSI unit that it is, or is a part of.
        public let address: String?
        /// The world-wide identifier, where it has one.
        public let wwid: String?
        /// The address under which the container finds it, where one was asked for.
        public let targetAddress: String?
        /// The nodes that it has in the container.
        public let nodes: [Node]
        /// The links to its nodes that the container was given besides.
        public let links: [String]
        /// Whether the container may only read.
        public let isReadOnly: Bool

        /// A device from its parts.
        public init(
            name: String, address: String?, wwid: String?, targetAddress: String?, nodes: [Node], links: [String] = [],
            isReadOnly: Bool
        ) {
            self.name = name
            self.address = address
            self.wwid = wwid
            self.targetAddress = targetAddress
            self.nodes = nodes
            self.links = links
            self.isReadOnly = isReadOnly
        }
    }

    /// A physical device, with what the container has of it.
    public struct Physical: Hashable, Sendable {
        /// A logical device.
        public struct Member: Hashable, Sendable {
            /// The kind.
            public let kind: LogicalKind
            /// What it is in the container.
            public let device: Device
            /// Whether it has gone from the host.
            public let isAway: Bool

            /// A member from its parts.
            public init(kind: LogicalKind, device: Device, isAway: Bool) {
                self.kind = kind
                self.device = device
                self.isAway = isAway
            }
        }

        /// What it is on its bus.
        public enum Address: Hashable, Sendable {
            case usb(USBID, serial: USBSerial?, USBAddress)
            case pci(PCIAddress)
        }

        /// The kernel's name: `3-1.2`, `0000:01:00.0`.
        public let name: String
        /// What it is on its bus.
        public let address: Address
        /// What the container has of it.
        public let members: [Member]

        /// A device from its parts.
        public init(name: String, address: Address, members: [Member]) {
            self.name = name
            self.address = address
            self.members = members
        }
    }

    /// Its id.
    public let id: String
    /// The container that has it.
    public let container: String
    /// What was asked for.
    public let hostdev: Hostdev
    /// What it is.
    public let device: Device
    /// Where it stands.
    public let state: State
    /// When it was attached, in seconds since 1970, UTC.
    public let since: Int64

    /// An attachment from its parts.
    public init(id: String, container: String, hostdev: Hostdev, device: Device, state: State, since: Int64) {
        self.id = id
        self.container = container
        self.hostdev = hostdev
        self.device = device
        self.state = state
        self.since = since
    }

    /// The user's own name for it.
    public var alias: String? { hostdev.alias?.description }

    init(_ record: Record, isCommitted: Bool) {
        self.init(
            id: record.id, container: record.container.reference,
            hostdev: record.change.located(record.hostdev),
            device: record.change.listed(as: record.hostdev),
            state: record.isDetaching
                ? .detaching : !isCommitted ? .attaching : record.change.isAway ? .away : .attached,
            since: record.since)
    }
}

extension Attachment.Interface {
    init(_ change: InterfaceChange, _ hostdev: Hostdev) {
        let link = change.link
        let device: NetDevice? = if case .net(let net) = hostdev.device { net } else { nil }
        // Not every kind of interface has an address of that form.
        let hardwareAddress = (try? MACAddress(bytes: link?.hardwareAddress ?? []))?.description
        let inherited = device?.inheritsAddresses == true ? change.addresses.filter(\.isInheritable) : []
        self.init(
            hostName: link?.name.description ?? "", hardwareAddress: hardwareAddress,
            containerName: change.containerName, containerIndex: change.containerIndex,
            containerHardwareAddress: device?.mac?.description ?? hardwareAddress,
            mtu: device?.mtu?.value ?? link?.mtu,
            addresses: inherited.compactMap { InterfaceAddress($0) } + (device?.addresses ?? []))
    }
}

extension InterfaceAddress {
    /// An address as the kernel says it. Nil for one that is damaged in a record.
    fileprivate init?(_ record: AddressRecord) {
        do {
            let prefix = try IPPrefix(address: IPAddress(bytes: record.local), length: record.prefixLength)
            try self.init(prefix, peer: record.peer == record.local ? nil : IPAddress(bytes: record.peer))
        } catch {
            return nil
        }
    }
}

extension Attachment.Physical {
    init(_ change: PhysicalChange) {
        let address: Address =
            switch change.bus {
            case .usb(let id, let serial, let address): Address.usb(id, serial: serial, address)
            case .pci(let address, _, _): Address.pci(address)
            }
        self.init(
            name: change.name, address: address,
            members: change.members.compactMap { member in
                // A record of a member that no document can name is unreadable, and such a member is not attached.
                guard let hostdev = try? member.hostdev else { return nil }
                return Member(
                    kind: member.kind, device: member.change.listed(as: hostdev), isAway: member.change.isAway)
            })
    }
}

extension Attachment.Unit {
    init(_ change: NodesChange, _ hostdev: Hostdev) {
        let options = NodeOptions(hostdev.device)
        var nodes: [Node] = []
        for entry in change.entries {
            guard let number = entry.number else { continue }
            let path = entry.plan.path.string
            nodes.append(Node(path: path, isBlock: number.kind == .block, major: number.major, minor: number.minor))
        }
        self.init(
            name: change.name, address: change.address?.description, wwid: change.wwid,
            targetAddress: options?.targetAddress?.description, nodes: nodes,
            links: change.entries.compactMap { entry in
                if case .link = entry.plan.content { entry.plan.path.string } else { nil }
            },
            isReadOnly: options?.isReadOnly ?? false)
    }
}
