internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import XMLTree

/// What an attach changed for a radio: its interfaces, and what nl80211 said of them on the host.
struct RadioChange: Hashable, Sendable {
    /// The interface that the document names. Among its messages are those of the radio and its parts.
    var interface: InterfaceChange
    /// The other interfaces of the radio, which go with it.
    var companions: [InterfaceChange] = []

    /// The radio as it was on the host.
    var radio: Radio? { Radio(interface.messages(.radio)) }
    /// All interfaces as they were on the host.
    var links: [Link] { ([interface] + companions).compactMap(\.link) }
}

extension InterfaceChange {
    /// The interface on its radio, and of a named one the radio's parts that are no network interfaces.
    var wireless: [WirelessInterface] { messages(.wireless).compactMap(WirelessInterface.init) }

    fileprivate func messages(_ subject: Message.Subject) -> [KernelMessage] {
        messages.filter { $0.subject == subject }.map(\.kernel)
    }
}

extension InterfaceChange.Message {
    init(_ link: Link) { self.init(subject: .link, kernel: link.message, about: link.name.description) }

    init(_ radio: Radio) {
        self.init(
            subject: .radio, kernel: KernelMessage(type: 0, bytes: radio.message.bytes), about: radio.name.description)
    }

    init(_ interface: WirelessInterface) {
        self.init(
            subject: .wireless, kernel: KernelMessage(type: 0, bytes: interface.message.bytes),
            about: "\(interface.name), \(interface.mode)")
    }
}

extension RadioChange {
    /// The radio of an interface that a container's engine has moved, as the host is to have it. Returns nil for an interface that
    /// is on no radio.
    ///
    /// Nothing tells which of its other interfaces the host had and which the container made. All of them go home under the names
    /// that they have, except those whose names the host has meanwhile: they are removed.
    init?(ofMoved interface: InterfaceChange, on sockets: InterfaceSockets) throws {
        guard let radios = try RadioSocket.open(in: sockets.container),
            let wireless = try radios.interface(interface.containerIndex),
            let radio = try radios.radio(wireless.radio)
        else { return nil }
        self.interface = interface
        self.interface.messages += [.init(radio), .init(wireless)]
        let container = try sockets.host.assignedNSID(of: sockets.container)
        for other in try radios.interfaces(of: radio.number) where other.id != wireless.id {
            guard let index = other.index, let link = try sockets.host.link(index, inNamespace: container) else {
                self.interface.messages.append(.init(other))
                continue
            }
            guard try sockets.host.link(named: link.name) == nil else { continue }
            let home = link.unconfigured(named: link.name, lowerNamespace: nil)
            companions.append(
                InterfaceChange(
                    containerIndex: index, containerName: link.name.description, home: interface.home,
                    lookedAt: interface.lookedAt, messages: [.init(home), .init(other)]))
        }
    }
}

extension RadioChange: RecordPayload {
    static let tag = "radio"

    var element: XMLNode {
        var element = interface.element(Self.tag)
        element.children += companions.map { $0.element("companion") }
        return element
    }

    init(_ element: RecordElement) throws {
        interface = try InterfaceChange(element)
        companions = try element.children.filter { $0.name == "companion" }.map(InterfaceChange.init)
    }
}

extension RadioChange: DeviceChange {
    var hostName: String { interface.hostName }
    var lockName: String { radio.map { InterfaceSockets.lockName(radio: $0.number) } ?? interface.lockName }
    var isInNetworkNamespace: Bool { true }
    var isAway: Bool { interface.isAway }

    func listed(as hostdev: Hostdev) -> Attachment.Device { interface.listed(as: hostdev) }
    func hostNames(of hostdev: Hostdev) -> Set<ByteString> { Set(links.flatMap(\.allNames)) }
    func isKind(of selector: DeviceSelector) -> Bool { interface.isKind(of: selector) }
    func containerNames(of record: Record) throws -> Set<ByteString> { try interface.containerNames(of: record) }
    func isDevice(_ wanted: Device, attachedAs hostdev: Hostdev) throws -> Bool {
        try interface.isDevice(wanted, attachedAs: hostdev)
    }

    func checkReturn(of record: Record, _ backend: Backend) throws {
        try backend.requireFreeNames(for: links, of: record) { sockets in
            try RadioReturn(sockets, self, transit: backend.state.transit(record.id)).isGone()
        }
    }

    func revert(_ record: Record, _ backend: Backend) throws -> Reversal {
        guard let sockets = try backend.socketsForReturn(of: record, interface) else { return Reversal() }
        let way = try RadioReturn(sockets, self, transit: backend.state.transit(record.id))
        return Reversal(failures: try way.returnToHost())
    }

    func check(_ record: Record, in container: borrowing Container, _ differs: ReportDifference) throws {
        try interface.check(record, in: container, differs)
        // A radio that is elsewhere has been reported with the interface that the document names.
        guard let radio, let radios = try RadioSocket.open(in: container.network),
            try radios.radio(radio.number) != nil
        else { return }
        let present = try radios.interfaces(of: radio.number)
        func found(_ change: InterfaceChange) -> WirelessInterface? {
            present.first { $0.id == change.wireless.first?.id }
        }
        if let mode = found(interface)?.mode, let expected = interface.wireless.first?.mode, mode != expected {
            differs("type", "\(expected)", "\(mode)")
        }
        for companion in companions {
            guard let mode = companion.wireless.first?.mode else { continue }
            let found = found(companion)
            if found?.mode != mode || found?.name != LinkName(companion.containerName) {
                differs(
                    "companion", "\(companion.containerName), \(mode)",
                    found.map { "\($0.name), \($0.mode)" } ?? "removed")
            }
        }
    }
}
