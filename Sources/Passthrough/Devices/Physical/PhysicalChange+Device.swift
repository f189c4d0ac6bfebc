internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices

extension PhysicalChange: DeviceChange {
    var hostName: String { name }
    var lockName: String { Self.lockName(bus, name) }
    var lockNames: [String] { [lockName] + members.flatMap(\.change.lockNames) }
    // The nodes are the container's alone.
    var isInNetworkNamespace: Bool { false }
    var needsNetworkNamespace: Bool { members.contains { $0.change.needsNetworkNamespace } }
    var isAway: Bool { isGone }
    var parts: [any DeviceChange] { members.map(\.change) }

    func listed(as hostdev: Hostdev) -> Attachment.Device { .physical(Attachment.Physical(self)) }

    /// The hostdev with the address at which the device is now, so that it means no other.
    func located(_ hostdev: Hostdev) -> Hostdev {
        guard case .usb(var usb) = hostdev.device, case .usb(_, _, let address) = bus, !isGone else { return hostdev }
        switch usb.source {
        case .id(let id, let serial, _): usb.source = .id(id, serial: serial, at: address)
        case .address: usb.source = .address(address)
        case .port: return hostdev
        }
        var located = hostdev
        located.device = .usb(usb)
        return located
    }

    func hostNames(of hostdev: Hostdev) -> Set<ByteString> {
        Set([name, bus.address, firstAddress, hostdev.device.sourceText].map { ByteString($0) })
    }

    func containerNames(of record: Record) throws -> Set<ByteString> {
        try members.reduce(into: []) { names, member in
            names.formUnion(try member.change.containerNames(of: try member.record(of: record)))
        }
    }

    func isKind(of selector: DeviceSelector) -> Bool { false }

    func isDevice(_ wanted: Device, attachedAs hostdev: Hostdev) throws -> Bool {
        switch wanted {
        case .usb(let usb): isNamed(by: usb.source)
        case .pci(let pci): isNamed(by: pci.source)
        default: false
        }
    }

    /// Whether a source names this device: by what it is, by the address that it has or had when it was attached, or by its port.
    func isNamed(by source: USBDevice.Source) -> Bool {
        guard case .usb(let id, let serial, let address) = bus else { return false }
        func isHere(_ port: USBPort) -> Bool { address.port?.isSame(as: port) ?? false }
        func isHere(_ other: USBAddress) -> Bool {
            (other.bus == address.bus && other.device == address.device) || other.description == firstAddress
                || (other.port.map(isHere) ?? false)
        }
        switch source {
        case .id(let wanted, let number, let place):
            return wanted == id && (number == nil || number == serial) && (place.map(isHere) ?? true)
        case .address(let place): return isHere(place)
        case .port(let port): return isHere(port)
        }
    }

    func isNamed(by source: PCIAddress) -> Bool {
        if case .pci(let address, _, _) = bus { address == source } else { false }
    }

    var openable: OpenableNodes? {
        let nodes = members.compactMap(\.change.openable)
        return OpenableNodes(
            device: name, numbers: nodes.reduce(into: []) { $0.formUnion($1.numbers) },
            files: nodes.reduce(into: []) { $0.formUnion($1.files) })
    }

    func uevents(_ action: Uevent.Action) -> [Uevent] {
        let events = members.flatMap { $0.change.uevents(action) }
        return action == .add ? events : events.reversed()
    }

    func takingOver(_ directory: MadeEntry) -> (any DeviceChange)? {
        var copy = self
        for place in members.indices {
            guard let change = members[place].change.takingOver(directory) else { continue }
            copy.members[place].change = change
            return copy
        }
        return nil
    }

    func checkReturn(of record: Record, _ backend: Backend) throws {
        for member in members { try member.change.checkReturn(of: try member.record(of: record), backend) }
    }

    /// Reverts the members, the latest first. Goes on after a failure.
    func revert(_ record: Record, _ backend: Backend) throws -> Reversal {
        var reversal = Reversal()
        for member in members.reversed() {
            do {
                let part = try member.change.revert(try member.record(of: record), backend)
                reversal.failures += part.failures
                if part.isIncomplete { reversal.isIncomplete = true }
            } catch let error as PassthroughError where error.code == .noSuchDevice {
                // An interface goes with its device.
                if !isGone, !member.change.isAway { reversal.failures.append(error) }
            } catch {
                reversal.failures.append(PassthroughError(restoring: member.name, error))
                reversal.isIncomplete = true
            }
        }
        if !reversal.isIncomplete { reversal.failures += try restoreState() }
        return reversal
    }

    /// Makes a USB device what it was, which the container could control through its node.
    private func restoreState() throws -> [PassthroughError] {
        guard let usbState, kinds.contains(.usb), let device = try present() else { return [] }
        return try device.restore(usbState).map { PassthroughError(.kernel, $0, device: name) }
    }

    func check(_ record: Record, in container: borrowing Container, _ differs: ReportDifference) throws {
        guard let device = try present() else {
            return differs("device", identity.description, isGone ? "away" : "no such device")
        }
        guard !isGone else { return differs("device", identity.description, "back, and not attached again") }
        for member in members {
            try member.change.check(try member.record(of: record), in: container, differs)
        }
        for logical in try newDevices(of: device, device.contents(), record) {
            differs(logical.kind.rawValue, logical.name, "not attached")
        }
    }
}
