internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// Doing: the move of a radio has no place for names and numbers, so these are found out and set right afterwards.
extension RadioPlan {
    /// Moves the radio and sets the interface up that the document names. On any failure it may be anywhere between: the
    /// caller brings it home.
    ///
    /// - Returns: the plan with the numbers that the interfaces got in the container.
    func carryOut(
        radios: RadioSocket, inside: borrowing NetlinkSocket, container: borrowing Namespace, observe: (Step) -> Void
    ) throws -> RadioPlan {
        for step in steps.prefix(steps.count - interface.steps.count + 1) { observe(step) }
        stopPoint()
        try radios.move(radio, to: container)
        stopPoint()
        guard let radiosInside = try RadioSocket.open(in: container) else { throw lost(interface.snapshot.link) }
        let arrived = try radiosInside.interfaces(of: radio.number)
        var plan = self
        plan.interface.containerIndex = try index(of: wireless, interface.snapshot, among: arrived)
        try rename(plan.interface.containerIndex, to: interface.containerName, inside: inside)
        for (number, companion) in companions.enumerated() {
            let index = try index(of: companion.wireless, companion.snapshot, among: arrived)
            plan.companions[number].containerIndex = index
            try rename(index, to: companion.snapshot.link.name, inside: inside)
        }
        stopPoint()
        try plan.interface.setUp(inside: inside, observe: observe)
        return plan
    }

    private func index(
        of wireless: WirelessInterface, _ snapshot: InterfaceSnapshot, among arrived: [WirelessInterface]
    ) throws -> Int32 {
        guard let index = arrived.first(where: { $0.id == wireless.id })?.index else { throw lost(snapshot.link) }
        return index
    }

    /// A name that somebody in the container took meanwhile is refused by the kernel: EEXIST.
    private func rename(_ index: Int32, to name: LinkName, inside: borrowing NetlinkSocket) throws {
        guard try inside.link(index)?.name != name else { return }
        var change = LinkChanges()
        change.name = name
        try inside.set(change, of: index)
    }

    private func lost(_ link: Link) -> PassthroughError {
        PassthroughError(.kernel, "\(link.name) is not in the container after the move of its radio")
    }
}
