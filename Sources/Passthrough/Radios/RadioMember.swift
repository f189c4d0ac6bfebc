internal import HostdevModel
internal import Netlink

/// An interface that a radio had on the host. It is known by its number on the radio, which stays whatever the container
/// renames.
struct RadioMember {
    let snapshot: InterfaceSnapshot
    let wireless: InterfaceRecord.Wireless

    var name: LinkName { snapshot.link.name }

    init(_ record: InterfaceRecord) throws {
        guard let wireless = record.wireless else {
            throw PassthroughError(.internal, "a record holds an interface without its radio")
        }
        self.wireless = wireless
        snapshot = try InterfaceSnapshot(record)
    }
}

/// The interfaces of one radio; the one that the document named is the first.
extension [RadioMember] {
    func member(_ interface: WirelessInterface) -> RadioMember? {
        first { $0.wireless.id == interface.id }
    }

    /// Interfaces of the radio that it did not have on the host.
    func guests(of radios: RadioSocket) throws(NetlinkError) -> [WirelessInterface] {
        let wireless = self[0].wireless
        return try radios.interfaces(of: wireless.radio).filter { interface in
            member(interface) == nil && !wireless.otherIDs.contains(interface.id)
        }
    }
}

extension LinkChanges {
    static func name(_ name: LinkName) -> LinkChanges {
        var changes = LinkChanges()
        changes.name = name
        return changes
    }

    /// A name that nobody has.
    static func transientName() -> LinkChanges {
        .name(LinkName("hd" + String(UInt32.random(in: .min ... .max), radix: 16)))
    }
}
