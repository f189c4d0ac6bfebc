internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// Taking a device back, by its record alone: what detach, the undo of attach, and recover have in common.
extension Backend {
    /// Takes a device back and removes its record. The caller holds the locks of its container and of the device.
    ///
    /// - Parameter stayed: the numbers of interfaces that have not left the host: of them there is nothing to put back.
    /// - Returns: what could not be put back. The record stays when the device may still be had back later.
    func takeBack(_ record: Record, stayed: Set<Int32> = []) -> [String] {
        do {
            let failures: [String]
            switch record.change {
            case .interface(let interface) where interface.link.map({ stayed.contains($0.index) }) == true:
                failures = []
            case .interface(let interface):
                // First: an interface that is not to be had back any more ends this.
                let left = hideFolders(of: record)
                failures = try bringHome(interface, record) + left
            case .nodes(let nodes):
                let rest = takeAway(nodes, record)
                guard !rest.canBeTriedAgain else { return rest.messages }
                for directory in rest.sharedDirectories { try handOver(directory, from: record) }
                failures = rest.messages
            }
            try forget(record)
            return failures
        } catch let error as PassthroughError where error.code == .noSuchDevice {
            // Nothing is left that could be had back.
            do {
                try forget(record)
                return [error.description]
            } catch let failure {
                return [error.description, "its record is left in \(state.path): \(failure)"]
            }
        } catch {
            return ["\(record.hostName): \(error)"]
        }
    }

    private func takeAway(_ nodes: NodesChange, _ record: Record) -> NodesRemoval.Rest {
        let removal = NodesRemoval(record: nodes, id: record.id)
        // A reference that no engine knows has none to ask.
        let rules = rules(for: try? ContainerReference(record.container.reference))
        switch record.container.life() {
        case .running(let container): return removal.carryOut(in: container, rules: rules)
        case .ended: return removal.carryOut(rules: rules)
        case .unknown(let error):
            return NodesRemoval.Rest(messages: ["\(record.hostName): \(error)"], canBeTriedAgain: true)
        }
    }

    /// Leaves a directory that was made for one attachment to another one of the container that has something in it: the
    /// last of them removes it.
    func handOver(_ directory: MadeEntry, from record: Record) throws {
        for var other in try journal.records(mentioning: [record.container.network.description])
        where other.id != record.id && other.container.isSame(as: record.container) {
            guard case .nodes(var nodes) = other.change, nodes.presence == .here,
                let index = nodes.entries.firstIndex(where: {
                    $0.plan.path.byteString.hasPrefix(ByteString(directory.path.string + "/"))
                })
            else { continue }
            nodes.entries[index].made.insert(directory, at: 0)
            other.change = .nodes(nodes)
            return try journal.write(other)
        }
    }

    func bringHome(_ interface: InterfaceChange, _ record: Record) throws -> [String] {
        let snapshot = try InterfaceSnapshot(interface)
        guard let network = try network(of: record) else {
            // Never pinned, so never moved; unless the pin is a mount that only another mount namespace has.
            guard try InterfaceSockets.isAtHome(snapshot) else {
                throw PassthroughError(
                    .incompleteUndo, "\(snapshot.link.name) is in a network namespace that cannot be reached from here",
                    device: record.hostName, hint: "run hostdev recover in the mount namespace of the attach")
            }
            return []
        }
        let sockets = try InterfaceSockets(to: network, named: record.container.reference)
        guard sockets.home == interface.home else {
            throw PassthroughError(
                .notSupported, "\(snapshot.link.name) belongs to another network namespace than this one",
                hint: "run hostdev where it was attached from")
        }
        guard interface.radio == nil else {
            return try sockets.bringRadioHome(of: interface, transit: state.transit(record.id))
        }
        return try sockets.bringHome(way(home: snapshot, interface, record))
    }

    private func way(
        home snapshot: InterfaceSnapshot, _ interface: InterfaceChange, _ record: Record
    ) -> InterfaceReturn {
        InterfaceReturn(
            snapshot: snapshot, containerIndex: interface.containerIndex, transit: state.transit(record.id)
        ) { namespace, index in
            try journal.records(mentioning: [namespace.description]).contains { other in
                guard other.id != record.id, case .interface(let interface) = other.change else { return false }
                return other.container.network == namespace && interface.containerIndex == index
            }
        }
    }

    /// Whether an interface that was attached cannot be had back any more.
    func isGone(_ interface: InterfaceChange, _ record: Record) throws -> Bool {
        guard let network = try network(of: record) else { return false }
        let sockets = try InterfaceSockets(to: network, named: record.container.reference)
        guard interface.radio == nil else {
            return try sockets.isRadioGone(of: interface, transit: state.transit(record.id))
        }
        return try sockets.isGone(way(home: InterfaceSnapshot(interface), interface, record))
    }

    /// The container's network namespace: held by the pin, which is there before the interface moves, or else by the
    /// container itself. Nil: neither is there.
    private func network(of record: Record) throws -> Namespace? {
        if let pin = try Namespace.pinned(at: state.namespace(record.id)),
            pin.identity == record.container.network
        {
            return pin
        }
        switch record.container.life() {
        case .running(let container): return try container.network.duplicate()
        case .ended: return nil
        case .unknown(let error): throw error
        }
    }

    /// Removes a record, and what keeps the container's network namespace for it.
    func forget(_ record: Record) throws {
        try releasePin(state.namespace(record.id))
        try releasePin(state.transit(record.id))
        stopPoint()
        try journal.remove(record)
        stopPoint()
        // The last of an attach that did not come to its end takes the transaction along.
        if try !journal.isCommitted(record), try !journal.mayHaveRecords(of: record.transaction) {
            try journal.end(record.transaction)
        }
    }

    /// Ends the bind mount that keeps a network namespace alive.
    private func releasePin(_ path: FilePath) throws {
        do throws(SystemError) {
            try Mount.detach(path)
        } catch {
            // Not mounted yet, or not any more.
            guard error.code == .invalidArgument || error.code == .noSuchFileOrDirectory else { throw error }
        }
        try removeFile(path)
    }
}

extension Namespace {
    /// The network namespace that is mounted at a path. Nil: nothing is there, or a file on which none is mounted yet.
    static func pinned(at path: FilePath) throws(SystemError) -> Namespace? {
        do throws(SystemError) {
            return try ifThere { () throws(SystemError) in try Namespace(.network, path: path) }
        } catch {
            guard error.code == .invalidArgument else { throw error }
            return nil
        }
    }
}
