internal import LinuxSystem
internal import Netlink

/// By what an interface is known again, whatever a container does to it: what nobody can set.
///
/// Hardware has an address of its own and a place. An end of a cable (veth) has the other end, a VLAN its number on what is
/// below it. Others have nothing of the kind: on one interface there may be many macvlans, and dummy and tap are on none.
struct InterfaceIdentity {
    let snapshot: InterfaceSnapshot

    private var link: Link { snapshot.link }
    private var isHardware: Bool { link.permanentAddress != nil || link.parentDevice != nil }

    /// Whether there is anything by which it can be told from others of its kind.
    var isUnique: Bool { isHardware || (link.lower != nil && (isCable || link.vlan != nil)) }

    private var isCable: Bool { ["veth", "netkit", "vxcan"].contains(link.kind) }

    /// Whether this can be no other interface. `place` is the number by which the host knows the network namespace of what is
    /// below it or at the other end, nil for the host's own.
    func isProven(by other: Link, lowerIn place: Int32?) -> Bool {
        isUnique && isAlike(other, lowerIn: place)
    }

    /// Whether an interface is of the same kind, and on the same one. Of what is not unique there may be several.
    func isAlike(_ other: Link, lowerIn place: Int32?) -> Bool {
        guard snapshot.isSameDevice(as: other), !isHardware, link.lower != nil else {
            return snapshot.isSameDevice(as: other)
        }
        return link.lower == other.lower && link.vlan == other.vlan && link.lowerNamespace == place
    }

    /// Whether an interface on the host may be it: it has the name or the address that it had, or is on its way.
    func isPlausible(_ other: Link) -> Bool {
        snapshot.isSameDevice(as: other)
            && (other.name == link.name || other.name.isTemporary || other.hardwareAddress == link.ownAddress)
    }
}
