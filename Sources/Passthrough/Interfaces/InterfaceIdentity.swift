internal import LinuxSystem
internal import Netlink

/// By what an interface is known again, whatever a container does to it: what nobody can set.
///
/// Hardware has an address of its own and a place. A VLAN, a macvlan or an end of a cable (veth) has what is below it or at
/// the other end. Others, such as dummy and tap, have nothing of the kind.
struct InterfaceIdentity {
    let snapshot: InterfaceSnapshot

    private var link: Link { snapshot.link }
    private var isHardware: Bool { link.permanentAddress != nil || link.parentDevice != nil }

    /// Whether there is anything by which it can be told from others of its kind.
    var isUnique: Bool { isHardware || link.lower != nil }

    /// Whether this can be no other interface. `place` is the number by which the host knows the network namespace of what is
    /// below it or at the other end, nil for the host's own.
    func isProven(by other: Link, lowerIn place: Int32?) -> Bool {
        guard snapshot.isSameDevice(as: other) else { return false }
        return isHardware || (link.lower != nil && link.lower == other.lower && link.lowerNamespace == place)
    }

    /// Whether an interface on the host may be it: it has the name or the address that it had, or is on its way.
    func isPlausible(_ other: Link) -> Bool {
        snapshot.isSameDevice(as: other)
            && (other.name == link.name || other.name.isTransient || other.hardwareAddress == link.ownAddress)
    }
}
