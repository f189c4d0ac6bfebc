internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import Passthrough

/// The network `lxc.net.N` of a configuration, as far as it gives the container an interface of the host's.
struct LXCInterface {
    /// N.
    let number: UInt32
    /// What the configuration says of it, without `lxc.net.N.`
    let values: [(key: String, value: String)]
    /// The included file in which a part of it stands.
    let file: String?

    /// `lxc.net.N`.
    var place: String { "lxc.net.\(number)" }

    /// What the last line of a key says.
    func value(_ key: String) -> String? { values.last { $0.key == key }?.value }

    var type: String { value("type") ?? "" }
    /// The host's name of it, where it is one of the host's.
    var link: String? { type == "phys" ? value("link") : nil }
    /// Its name in the container. LXC leaves an interface of the host's its own.
    var name: String? { value("name") ?? link }

    /// What a document says of it. What only LXC knows, such as scripts, is not in it.
    var hostdev: Hostdev? {
        // A plus sign at the end means all whose names begin so.
        guard let link, !link.hasSuffix("+"), let source = try? InterfaceName(link) else { return nil }
        var device = NetDevice(source: .name(source), linkState: value("flags") == nil ? .down : .up)
        if let name, ByteString(name) != ByteString(link) {
            guard let name = try? TargetName(name) else { return nil }
            device.targetName = name
        }
        device.mac = value("hwaddr").flatMap { try? MACAddress($0) }
        device.mtu = value("mtu").flatMap { try? MTU($0) }
        for (key, value) in values where key.hasSuffix(".address") {
            // An IPv4 address may have that for broadcasts behind it.
            let text = value.split(separator: " ").first ?? ""
            if let prefix = try? IPPrefix(text), let address = try? InterfaceAddress(prefix) {
                device.addresses.append(address)
            }
        }
        for (key, any) in [("ipv4.gateway", "0.0.0.0/0"), ("ipv6.gateway", "::/0")] {
            guard let gateway = value(key).flatMap({ try? IPAddress($0) }), let all = try? IPPrefix(any),
                let route = try? Route(destination: all, gateway: gateway)
            else { continue }
            device.routes.append(route)
        }
        return Hostdev(.net(device))
    }

    /// The number of the next network: behind all others, as far as numbers go.
    static func freeNumber(in settings: [LXCConfig.Setting]) -> UInt32 {
        let numbers = Set(all(settings).map(\.number))
        var number = numbers.max().map { $0 &+ 1 } ?? 0
        while numbers.contains(number) { number &+= 1 }
        return number
    }

    /// All networks of a configuration, by their numbers.
    static func all(_ settings: [LXCConfig.Setting]) -> [LXCInterface] {
        var numbers: [UInt32: LXCInterface] = [:]
        for setting in settings where setting.key.hasPrefix("lxc.net.") {
            let parts = setting.key.dropFirst("lxc.net.".count).split(separator: ".", maxSplits: 1)
            guard parts.count == 2, let number = UInt32(parts[0]) else { continue }
            let before = numbers[number]
            numbers[number] = LXCInterface(
                number: number, values: (before?.values ?? []) + [(String(parts[1]), setting.value)],
                file: setting.file ?? before?.file)
        }
        return numbers.values.sorted { $0.number < $1.number }
    }
}
