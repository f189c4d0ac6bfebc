internal import Netlink

/// The requests that make one state of an interface another, each with one property, so that one that fails does not
/// take the others with it.
struct LinkDifference {
    private let now: Link
    private let wanted: Link

    init(from now: Link, to wanted: Link) {
        self.now = now
        self.wanted = wanted
    }

    /// What belongs to the interface itself, and goes with it wherever it goes.
    var properties: [LinkChanges] {
        var list = List()
        list.set(\.name, from: now.name, to: wanted.name)
        list.set(\.mtu, from: now.mtu, to: wanted.mtu)
        list.set(\.hardwareAddress, from: now.hardwareAddress, to: wanted.ownAddress)
        list.set(\.transmitQueueLength, from: now.transmitQueueLength, to: wanted.transmitQueueLength)
        list.set(\.group, from: now.group, to: wanted.group)
        list.set(\.alias, from: now.alias, to: wanted.alias)
        for types in Link.settableAttributes {
            let attributes = wanted.attributes(types)
            if attributes != now.attributes(types) { list.add { $0.attributes = attributes } }
        }
        let before = now.flags.intersection(.administrative)
        let after = wanted.flags.intersection(.administrative)
        if before != after {
            list.add {
                $0.flagsOn = after.subtracting(before)
                $0.flagsOff = before.subtracting(after)
            }
        }
        return list.changes
    }

    /// What a network namespace knows of it: IPv4 settings, and how IPv6 addresses are made.
    var addressing: [LinkChanges] {
        var list = List()
        let present = now.ipv4Settings
        // mc_forwarding belongs to the routing daemon's socket.
        let settings = wanted.ipv4Settings.filter { $0.key != 2 && present[$0.key] != $0.value }
        if !settings.isEmpty { list.add { $0.ipv4Settings = settings } }
        list.set(\.addressGenerationMode, from: now.addressGenerationMode, to: wanted.addressGenerationMode)
        list.set(\.addressToken, from: now.addressToken, to: wanted.addressToken)
        return list.changes
    }

    private struct List {
        var changes: [LinkChanges] = []

        mutating func add(_ set: (inout LinkChanges) -> Void) {
            var one = LinkChanges()
            set(&one)
            changes.append(one)
        }

        mutating func set<Value: Equatable>(
            _ property: WritableKeyPath<LinkChanges, Value?>, from now: Value?, to wanted: Value?
        ) {
            if now != wanted { add { $0[keyPath: property] = wanted } }
        }
    }
}

extension LinkFlags {
    /// The flags that stay as somebody sets them.
    fileprivate static let administrative: LinkFlags = [.promiscuous, .allMulticast, .multicast, .noARP, .dynamic]
}
