internal import Netlink

/// The requests that make one state of an interface another, each with one property, so that one that fails does not
/// take the others with it.
struct LinkDifference {
    let changes: [LinkChanges]

    init(from now: Link, to wanted: Link) {
        var changes: [LinkChanges] = []
        func change(_ set: (inout LinkChanges) -> Void) {
            var one = LinkChanges()
            set(&one)
            changes.append(one)
        }
        if now.name != wanted.name { change { $0.name = wanted.name } }
        if now.mtu != wanted.mtu { change { $0.mtu = wanted.mtu } }
        if now.hardwareAddress != wanted.hardwareAddress { change { $0.hardwareAddress = wanted.hardwareAddress } }
        if now.transmitQueueLength != wanted.transmitQueueLength {
            change { $0.transmitQueueLength = wanted.transmitQueueLength }
        }
        if now.group != wanted.group { change { $0.group = wanted.group } }
        if now.alias != wanted.alias { change { $0.alias = wanted.alias } }
        if now.addressGenerationMode != wanted.addressGenerationMode {
            change { $0.addressGenerationMode = wanted.addressGenerationMode }
        }
        let kept: LinkFlags = [.promiscuous, .allMulticast, .multicast, .noARP, .dynamic]
        let now = now.flags.intersection(kept)
        let then = wanted.flags.intersection(kept)
        if now != then {
            change {
                $0.flagsOn = then.subtracting(now)
                $0.flagsOff = now.subtracting(then)
            }
        }
        self.changes = changes
    }
}
