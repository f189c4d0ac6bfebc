internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import Netlink

extension InterfaceChange: DeviceChange {
    var hostName: String { messages.first?.about ?? "interface" }
    var lockName: String { InterfaceSockets.lockName(home: home, index: link?.index ?? 0) }
    var isInNetworkNamespace: Bool { true }

    func listed(as hostdev: Hostdev) -> Attachment.Device { .interface(Attachment.Interface(self, hostdev)) }
    func hostNames(of hostdev: Hostdev) -> Set<ByteString> { Set([link].compactMap(\.self).flatMap(\.allNames)) }
    func isKind(of selector: DeviceSelector) -> Bool { if case .net = selector { true } else { false } }

    /// The container may have renamed the interface. Of one that has ended, the name that it was given is known.
    func containerNames(of record: Record) throws -> Set<ByteString> {
        var names: Set<ByteString> = [LinkName(containerName).byteString]
        switch record.container.life() {
        case .ended: break
        case .unknown(let error): throw error
        case .running(let container):
            let found = try NetlinkSocket.open(in: container.network).link(containerIndex)
            if let found, link?.kind == found.kind { names.formUnion(found.allNames) }
        }
        return names
    }

    func isDevice(_ wanted: Device, attachedAs hostdev: Hostdev) throws -> Bool {
        guard case .net(let net) = wanted, let link else { return false }
        return try net.source.matches(link)
    }

    func checkReturn(of record: Record, _ backend: Backend) throws {
        try backend.requireFreeNames(for: [link].compactMap(\.self), of: record) { sockets in
            try way(sockets, record, backend).isGone()
        }
    }

    func revert(_ record: Record, _ backend: Backend) throws -> Reversal {
        // First, because an interface that has gone ends this with an error.
        let left = backend.hideSysfsDirectories(of: record)
        return Reversal(failures: try returnToHost(record, backend) + left)
    }

    /// Returns the interface to the host. Returns what could not be restored.
    func returnToHost(_ record: Record, _ backend: Backend) throws -> [PassthroughError] {
        guard let sockets = try backend.socketsForReturn(of: record, self) else { return [] }
        return try way(sockets, record, backend).returnToHost()
    }

    private func way(
        _ sockets: InterfaceSockets, _ record: Record, _ backend: Backend
    ) throws -> InterfaceReturn {
        InterfaceReturn(
            sockets, snapshot: try InterfaceSnapshot(self), containerIndex: containerIndex,
            transit: backend.state.transit(record.id)
        ) { namespace, index in
            try backend.journal.records(mentioning: [namespace.description]).contains { other in
                guard other.id != record.id, other.container.network == namespace else { return false }
                return other.change.interfaces.contains { $0.containerIndex == index }
            }
        }
    }

    func check(_ record: Record, in container: borrowing Container, _ differs: ReportDifference) throws {
        guard case .net(let device) = record.hostdev.device else { return }
        let sockets = try InterfaceSockets(to: container.network, named: record.container.reference)
        try InterfaceCheck(device: device, change: self, snapshot: InterfaceSnapshot(self)).compare(
            with: sockets, differs)
    }
}

extension Link {
    /// Its name and its alternative names.
    var allNames: [ByteString] { ([name] + alternativeNames).map(\.byteString) }
}

extension LinkName {
    var byteString: ByteString { ByteString(bytes: bytes) }
}

extension Backend {
    /// Refuses the return of interfaces while the host has others of their names. They would come home under the names that they
    /// have in the container. What is gone, as when it was unplugged and plugged in again, needs no name.
    func requireFreeNames(
        for links: [Link], of record: Record, unless isGone: (InterfaceSockets) throws -> Bool
    ) throws {
        for link in links {
            guard let other = try InterfaceSockets.otherLink(named: link) else { continue }
            if let network = try network(of: record),
                try isGone(InterfaceSockets(to: network, named: record.container.reference))
            {
                continue
            }
            throw PassthroughError(
                .nameTaken, "the host has another interface \(other) now", device: record.hostName,
                hint: Hint(.renameOther, link.name.description))
        }
    }

    /// Opens the sockets through which the interface of a record returns. Returns nil if it never left the host.
    func socketsForReturn(of record: Record, _ change: InterfaceChange) throws -> InterfaceSockets? {
        let snapshot = try InterfaceSnapshot(change)
        guard let network = try network(of: record) else {
            // Never pinned, so never moved; unless the pin is a mount that only another mount namespace has.
            guard try InterfaceSockets.isOnHost(snapshot) else {
                throw PassthroughError(
                    .incompleteUndo, "\(snapshot.link.name) is in a network namespace that cannot be reached from here",
                    device: record.hostName, hint: Hint(.recoverInMountNamespace))
            }
            return nil
        }
        let sockets = try InterfaceSockets(to: network, named: record.container.reference)
        guard sockets.home == change.home else {
            throw PassthroughError(
                .notSupported, "\(snapshot.link.name) belongs to another network namespace than this one",
                hint: Hint(.runWhereAttached))
        }
        return sockets
    }
}
