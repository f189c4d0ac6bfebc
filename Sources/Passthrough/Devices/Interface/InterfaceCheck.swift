internal import ByteStrings
internal import HostdevModel
internal import Netlink

/// Compares an interface in a container with what its document asked for.
struct InterfaceCheck {
    let device: NetDevice
    let change: InterfaceChange
    let snapshot: InterfaceSnapshot

    func compare(
        with sockets: InterfaceSockets, _ differs: ReportDifference
    ) throws {
        guard let (link, configuration) = try sockets.inContainer(change.containerIndex),
            snapshot.isSameDevice(as: link)
        else {
            if let hardware = InterfaceHardware(snapshot.link), hardware.absence != nil {
                return differs("device", hardware.name, "away")
            }
            let home = try device.source.find(on: sockets.host).map { "on the host as \($0.name)" }
            return differs(
                "interface", "in the container as \(change.containerName)", home ?? "nowhere: moved on or deleted")
        }
        func compare(_ what: String, _ expected: String, _ found: String) {
            if ByteString(expected) != ByteString(found) { differs(what, expected, found) }
        }
        compare("name", change.containerName, link.name.description)
        compare("state", device.linkState.rawValue, link.flags.contains(.up) ? "up" : "down")
        compare("mtu", "\(device.mtu?.value ?? snapshot.link.mtu)", "\(link.mtu)")
        compare("mac", Self.text(device.mac?.bytes ?? snapshot.link.ownAddress), Self.text(link.hardwareAddress))
        for address in device.addresses {
            let isThere = configuration.addresses.contains {
                $0.local == address.address.address.bytes && $0.prefixLength == address.address.length
            }
            if !isThere { differs("address", "\(address)", "none") }
        }
        for route in device.routes {
            let isThere = configuration.routes.contains {
                // The kernel leaves the destination out where it is everything.
                ($0.destination.isEmpty
                    ? route.destination.length == 0 : $0.destination == route.destination.network.address.bytes)
                    && $0.prefixLength == route.destination.length && $0.gateway == route.gateway?.bytes
                    && $0.family == (route.family == .ipv4 ? 2 : 10)
            }
            if !isThere { differs("route", "\(route)", "none") }
        }
    }

    private static func text(_ bytes: [UInt8]) -> String {
        (try? MACAddress(bytes: bytes))?.description ?? "none"
    }
}
