@testable import Netlink

/// Checks that a message of the kernel's can be read as each of those that it may be, changed as attach and return change it,
/// and sent again: whatever is in it. The first byte says which it is.
func checkKernelMessage(_ bytes: [UInt8]) {
    guard let kind = bytes.first else { return }
    let message = KernelMessage(type: 16, bytes: Array(bytes.dropFirst()))
    switch kind % 9 {
    case 0: check(Link(message))
    case 1: check(AddressRecord(message))
    case 2: check(RouteRecord(message))
    case 3: check(NextHopRecord(message))
    case 4: check(NeighbourRecord(message))
    case 5: check(TrafficRecord(KernelMessage(type: [36, 40, 44][Int(kind / 9) % 3], bytes: message.bytes)))
    case 6: check(BridgePortVLANs(message))
    case 8: checkSettings(message)
    default: checkRadio(message)
    }
    check(replayed: message)
}

/// It is sent as it is, or with what it takes to align it.
private func check(replayed message: KernelMessage) {
    let request = NetlinkMessage(replaying: message, flags: 0)
    let header = 16
    guard (try? request.prepared(for: "replay")) != nil, request.count == header + aligned(message.bytes.count) else {
        fatalError("\(message.bytes) has become \(request.count) bytes long")
    }
}

private func check(_ link: Link) {
    _ = (link.port, link.ownAddress, link.ipv4Settings, link.ipv6Settings.map { ($0.file, $0.text) }, link.addressToken)
    _ = (link.lowerNamespace, link.sits(on: 1), link.isUpper, link.isDeletedWhenLowerMoves)
    _ = (link.addressGenerationMode, XDPMode.allCases.map(link.xdpProgram))
}

private func check(_ address: AddressRecord) {
    _ = (address.description, address.aged(by: 7), address.aged(by: .max), address.peer, address.isPermanent)
    let moved = address.moved(to: 5).withoutLabel.with(flags: 0x80)
    if moved.message.bytes.count >= 8, moved.linkIndex != 5 { fatalError("\(address.message.bytes) was not moved") }
}

private func check(_ route: RouteRecord) {
    _ = (route.description, route.lifetime, route.isMultipath, route.nextHopID, route.identityWithoutHops)
    let moved = route.aged(by: 7)?.moved(from: 1, to: 5)
    let kept = route.keepingHops { $0 == 1 }
    // What is added to a message that ends in the middle of an attribute, as none of the kernel's does, may be that one's.
    guard route.isWhole else { return }
    if moved?.linkIndexes.contains(1) == true { fatalError("\(route.message.bytes) was not moved") }
    guard kept.linkIndexes.count <= route.linkIndexes.count, kept.identity == kept.moved(from: 0, to: 0).identity else {
        fatalError("\(route.message.bytes) has more hops than before")
    }
}

extension RouteRecord {
    /// Whether attributes fill it, each at most once.
    fileprivate var isWhole: Bool {
        let header = 12
        let types = attributes.map(\.type)
        let size = attributes.reduce(0) { $0 + (4 + $1.value.count + 3) & ~3 }
        return header + size == message.bytes.count && Set(types).count == types.count
    }
}

private func check(_ hop: NextHopRecord) {
    _ = (hop.members, hop.description, hop.isExact, hop.moved(from: 1, to: 5).id)
}

private func check(_ neighbour: NeighbourRecord) {
    _ = (
        neighbour.request, neighbour.identity, neighbour.description, neighbour.isAdministrative, neighbour.moved(to: 5)
    )
}

/// Of its kind, RTM_NEWQDISC, RTM_NEWTCLASS or RTM_NEWTFILTER.
private func check(_ traffic: TrafficRecord) {
    let again = TrafficRecord(traffic.request(for: 5))
    _ = (traffic.description, traffic.obstacle, traffic.loss, TrafficRecord.ordered([traffic, again]))
    guard traffic.isSame(as: traffic) else { fatalError("\(traffic.message.bytes) is not the same as itself") }
}

/// Of its group, by the first byte.
private func checkSettings(_ message: KernelMessage) {
    let record = EthtoolRecord(KernelMessage(type: UInt16(message.bytes.first ?? 0) % 64, bytes: message.bytes))
    let none = EthtoolRecord(KernelMessage(type: record.message.type, bytes: []))
    _ = (record.description, record.changes(from: record), record.changes(from: none), none.changes(from: record))
}

private func check(_ vlans: BridgePortVLANs) { _ = (vlans.entries, vlans.linkIndex) }

private func checkRadio(_ message: KernelMessage) {
    if let radio = Radio([message, message]) { _ = radio.changes(from: radio) }
    guard let interface = WirelessInterface(message) else { return }
    _ = (interface.mode.description, interface.channel, interface.with(powerSaving: 1).powerSaving)
}
