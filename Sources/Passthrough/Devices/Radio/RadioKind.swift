internal import ByteStrings
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// Radios: a Wi-Fi interface moves only with its radio, and with that go all other interfaces of it. `InterfaceKind` resolves
/// a hostdev to one.
enum RadioKind: DeviceKind {
    static let tag = RadioChange.tag

    static func resolve(_ hostdev: Hostdev, _ context: AttachContext) throws -> Resolution? { nil }
    static func change(_ payload: RecordElement) throws -> any DeviceChange { try RadioChange(payload) }
}

/// A Wi-Fi interface of the host, on its radio.
struct FoundRadio: FoundDevice {
    private var device: NetDevice
    private let link: Link
    private let wireless: WirelessInterface

    /// Returns nil for an interface that needs no radio.
    init?(_ device: NetDevice, _ link: Link, _ sockets: InterfaceSockets) throws {
        guard let wireless = try sockets.wireless(link) else { return nil }
        self.device = device
        self.link = link
        self.wireless = wireless
    }

    /// The same radio with other settings of its interface.
    func with(_ device: NetDevice) -> FoundRadio {
        var copy = self
        copy.device = device
        return copy
    }

    var name: String { link.name.description }
    var whole: String { "the radio of \(link.name)" }
    var lockNames: [String] { [InterfaceSockets.lockName(radio: wireless.radio)] }
    var conflictKeys: [String] { ["radio \(wireless.radio)"] }

    func conflicts(with other: any FoundDevice) -> Bool { (other as? FoundRadio)?.wireless.radio == wireless.radio }

    func plan(_ hostdev: Hostdev, id: String, _ context: AttachContext) throws -> any DevicePlan {
        let plan = try RadioPlan(
            device, link, wireless, on: context.interfaces, reserved: context.reservedNames,
            context.backend)
        context.reservedNames.formUnion(plan.containerNames)
        return plan
    }
}

extension InterfaceSockets {
    /// What an interface of the host is on its radio. Returns nil for one that needs none.
    func wireless(_ link: Link) throws -> WirelessInterface? {
        // Radios' interfaces are none of the kinds that can be made by rtnetlink.
        guard link.kind == nil, !link.flags.contains(.loopback) else { return nil }
        return try hostRadios.get()?.interface(link.index)
    }

    /// The lock of all interfaces of a radio.
    static func lockName(radio: UInt32) -> String { "radio-\(radio)" }

    /// The socket to the host's radios, of which there is one.
    var radios: RadioSocket {
        get throws {
            guard let radios = try hostRadios.get() else {
                throw PassthroughError(.kernel, "the kernel has no nl80211 any more: its module was removed")
            }
            return radios
        }
    }
}
