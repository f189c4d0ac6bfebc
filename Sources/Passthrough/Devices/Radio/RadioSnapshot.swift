internal import HostdevModel
internal import Netlink

/// An interface that a radio had on the host. It is known by its number on the radio, which stays whatever the container
/// renames.
struct RadioMember {
    let snapshot: InterfaceSnapshot
    let wireless: WirelessInterface

    var name: LinkName { snapshot.link.name }

    init(_ record: InterfaceChange) throws {
        guard let wireless = record.wireless.first else {
            throw PassthroughError(.internal, "a record holds an interface without its radio")
        }
        self.wireless = wireless
        snapshot = try InterfaceSnapshot(record)
    }
}

/// A radio and its interfaces, as they were on the host.
struct RadioSnapshot {
    let radio: Radio
    /// The interface that the document named, and then the others.
    let members: [RadioMember]
    /// The numbers of all of the radio's parts.
    private let ids: Set<UInt64>

    init(_ change: RadioChange) throws {
        guard let radio = change.radio else { throw PassthroughError(.internal, "a record holds no radio") }
        self.radio = radio
        members = try ([change.interface] + change.companions).map(RadioMember.init)
        ids = Set(change.interface.wireless.map(\.id) + members.map(\.wireless.id))
    }

    func member(_ interface: WirelessInterface) -> RadioMember? {
        members.first { $0.wireless.id == interface.id }
    }

    /// Interfaces that the radio has now and did not have on the host.
    func guests(in radios: RadioSocket) throws(NetlinkError) -> [WirelessInterface] {
        try radios.interfaces(of: radio.number).filter { !ids.contains($0.id) }
    }
}

extension LinkChanges {
    static func name(_ name: LinkName) -> LinkChanges {
        var changes = LinkChanges()
        changes.name = name
        return changes
    }
}
