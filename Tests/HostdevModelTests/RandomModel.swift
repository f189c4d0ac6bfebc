import HostdevModel

/// A random number generator with a seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Creates random hostdevs with all types, dialects and values.
struct RandomModel {
    private var numbers: SeededGenerator

    init(seed: UInt64) {
        numbers = SeededGenerator(seed: seed)
    }

    mutating func hostdev() throws -> Hostdev {
        let device: Device =
            switch number(0...5) {
            case 0: .net(try netDevice())
            case 1: .scsi(try scsiDevice())
            case 2: .misc(try deviceFile())
            case 3: .storage(try deviceFile())
            case 4: .usb(try usbDevice())
            default: .pci(PCIDevice(source: try pciAddress(), kinds: kinds()))
            }
        return Hostdev(device, alias: try chance() ? Alias(text("abcXYZ0189-_", 1...20)) : nil)
    }

    private mutating func netDevice() throws -> NetDevice {
        let source: NetDevice.Source =
            switch number(0...5) {
            case 0: .mac(try macAddress())
            case 1: .pci(try pciAddress())
            default: .name(try interfaceName())
            }
        var device = NetDevice(source: source)
        // Most have nothing that libvirt has no form for.
        if number(0...3) == 0 {
            device.targetName = try chance() ? .name(interfaceName()) : .pattern(InterfaceNamePattern("lan%d"))
            device.mac = try chance() ? macAddress() : nil
            device.mtu = try chance() ? MTU(number(68...2_147_483_647)) : nil
            device.linkState = chance() ? .up : .down
            device.inheritsAddresses = chance()
            device.inheritsRoutes = chance()
        }
        for _ in 0..<number(0...3) { device.addresses.append(try interfaceAddress()) }
        for _ in 0..<number(0...3) { device.routes.append(try route()) }
        return device
    }

    private mutating func interfaceAddress() throws -> InterfaceAddress {
        let address = try ipAddress()
        let peer = try chance() ? IPAddress(bytes: address.bytes.map { _ in number(0...255) }) : nil
        return try InterfaceAddress(IPPrefix(address: address, length: number(0...address.family.bits)), peer: peer)
    }

    private mutating func route() throws -> Route {
        let address = try ipAddress()
        let destination = try IPPrefix(address: address, length: number(0...address.family.bits)).network
        let gateway = try IPAddress(bytes: [1] + address.bytes.dropFirst().map { _ in number(0...255) })
        return try Route(
            destination: destination, gateway: chance() ? gateway : nil, metric: chance() ? number(0...(.max)) : nil)
    }

    private mutating func scsiDevice() throws -> SCSIDevice {
        let source: SCSIDevice.Source =
            switch number(0...5) {
            case 0: .name(try NodeName(text("abcsgt0189:!-", 1...20)))
            case 1: .path(try path())
            case 2: .wwid(try WWID("t" + text("naa.0189 &<>'\"", 0...40) + "1"))
            default: .address(scsiAddress())
            }
        var device = SCSIDevice(source: source, isReadOnly: chance(), isShareable: chance())
        if number(0...3) == 0 {
            device.targetAddress = scsiAddress()
            let kinds = SCSINodeKind.allCases.filter { _ in chance() }
            device.nodes = try kinds.isEmpty ? .all : SCSINodeSelection(kinds.map(\.rawValue).joined(separator: " "))
            device.permissions = try permissions()
        }
        return device
    }

    private mutating func deviceFile() throws -> DeviceFile {
        var device = DeviceFile(source: try path())
        if number(0...3) == 0 {
            device.target = try chance() ? path() : nil
            device.isReadOnly = chance()
            device.isShareable = chance()
            device.permissions = try permissions()
        }
        return device
    }

    private mutating func usbDevice() throws -> USBDevice {
        let id = try USBID(vendor: number(1...(.max)), product: number(0...(.max)))
        let bus: UInt16 = number(1...999)
        let controller = try chance() ? pciAddress() : nil
        let ports: [UInt8] = [number(1...255), number(1...15)]
        let path = ports.map(String.init).joined(separator: ".")
        let address =
            try chance()
            ? USBAddress(bus: bus, device: number(1...127))
            : USBAddress(bus: bus, device: number(1...127), port: path, controller: controller)
        let serial = try chance() ? USBSerial("A" + text("abc0189.-_&<>'\" é", 0...9) + "Z") : nil
        let source: USBDevice.Source =
            switch number(0...2) {
            case 0: .address(address)
            case 1:
                .port(try USBPort(path: path, bus: controller == nil || chance() ? bus : nil, controller: controller))
            default: .id(id, serial: serial, at: chance() ? address : nil)
            }
        return USBDevice(source: source, kinds: kinds())
    }

    private mutating func kinds() -> LogicalKinds {
        let kinds = Set(LogicalKind.allCases.filter { _ in chance() })
        guard !kinds.isEmpty, chance() else { return .all }
        return chance() ? .only(kinds) : .except(kinds)
    }

    private mutating func permissions() throws -> NodePermissions {
        try NodePermissions(
            mode: chance() ? number(0...0o777) : nil, uid: chance() ? number(0...(.max - 1)) : nil,
            gid: chance() ? number(0...(.max - 1)) : nil)
    }

    private mutating func interfaceName() throws -> InterfaceName {
        try InterfaceName("e" + text("abc0189.-_&<>'\"é", 0...7))
    }

    private mutating func path() throws -> DevicePath {
        try DevicePath("/dev/" + text("abc0189.-_&<>'\" é", 1...20) + "x/" + text("abc", 1...5))
    }

    private mutating func macAddress() throws -> MACAddress {
        try MACAddress(bytes: [number(0...127) * 2] + (0..<4).map { _ in number(0...255) } + [1])
    }

    private mutating func ipAddress() throws -> IPAddress {
        // Zeros often, since they are written in several ways.
        try IPAddress(bytes: (0..<(chance() ? 4 : 16)).map { _ in chance() ? 0 : number(0...255) })
    }

    private mutating func pciAddress() throws -> PCIAddress {
        try PCIAddress(
            domain: number(0...(.max)), bus: number(0...(.max)), slot: number(0...31), function: number(0...7))
    }

    private mutating func scsiAddress() -> SCSIAddress {
        SCSIAddress(
            host: number(0...(.max)), bus: number(0...3), target: number(0...(.max)), lun: number(0...(.max)))
    }

    private mutating func text(_ characters: String, _ length: ClosedRange<Int>) -> String {
        String((0..<number(length)).compactMap { _ in characters.randomElement(using: &numbers) })
    }

    private mutating func chance() -> Bool { Bool.random(using: &numbers) }

    private mutating func number<Number: FixedWidthInteger>(_ range: ClosedRange<Number>) -> Number {
        Number.random(in: range, using: &numbers)
    }
}
