internal import HostdevModel
internal import Netlink
internal import SystemPackage

extension InterfaceSockets {
    /// What an interface of the host's is on its radio. Nil for one that needs none.
    func wireless(_ link: Link) throws -> WirelessInterface? {
        // Radios' interfaces are none of the kinds that can be made by rtnetlink.
        guard link.kind == nil, !link.flags.contains(.loopback) else { return nil }
        return try hostRadios.get()?.interface(link.index)
    }

    /// The lock of all interfaces of a radio.
    static func lockName(radio: UInt32) -> String { "radio-\(radio)" }

    func plan(
        _ device: NetDevice, link: Link, _ wireless: WirelessInterface, taken: Set<LinkName>, force: Bool
    ) throws -> RadioPlan {
        let radio = try RadioPlan.movableRadio(of: wireless, radios)
        let interface = try InterfacePlan(
            device, link: link, isImmutable: false, host: host, uppers: uppers, inside: inside, taken: taken,
            force: force)
        return try RadioPlan(
            interface, wireless, radio, radios: radios, host: host, uppers: uppers, inside: inside, taken: taken,
            force: force)
    }

    func carryOut(_ plan: RadioPlan, observe: (Step) -> Void) throws -> RadioPlan {
        try plan.carryOut(radios: radios, inside: inside, container: container, observe: observe)
    }

    /// Brings a radio home with all of its interfaces; what could not be put back comes back as messages.
    ///
    /// - Parameter transit: where the namespace is kept in which it stops on the way.
    func bringRadioHome(of record: InterfaceChange, transit: FilePath) throws -> [String] {
        try RadioReturn(record, transit: transit).carryOut(
            host: host, radios: radios, hostNamespace: hostNamespace, inside: inside, container: container)
    }

    /// Whether a radio is nowhere any more.
    func isRadioGone(of record: InterfaceChange, transit: FilePath) throws -> Bool {
        try RadioReturn(record, transit: transit).isGone(radios: radios)
    }

    private var radios: RadioSocket { get throws { try hostRadios.get().orThrow(Self.noWiFi) } }

    private static let noWiFi = PassthroughError(.kernel, "the kernel has no nl80211 any more: its module was removed")
}

extension Optional {
    fileprivate func orThrow(_ error: PassthroughError) throws(PassthroughError) -> Wrapped {
        guard let self else { throw error }
        return self
    }
}
