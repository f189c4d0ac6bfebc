internal import HostdevModel
internal import LinuxSystem
internal import Netlink

// What is refused of an interface whatever container it is for, running or to be started.
extension Link {
    /// The refusal of an interface that the kernel keeps in its network namespace.
    var immovable: PassthroughError {
        PassthroughError(
            .notSupported, "\(name) cannot be moved: The interface netns is immutable", device: "\(name)",
            hint: flags.contains(.loopback)
                ? "every network namespace has a loopback interface of its own"
                : "the kernel keeps \(kind.map { "every \($0)" } ?? "it") where it was made")
    }
}

extension NetDevice {
    /// Refuses settings that no kernel would take, or not for this interface, where it is there.
    func requirePossible(for link: Link?) throws {
        let name = link?.name.description ?? source.description
        if let mtu, let link, !link.mtuRange.contains(mtu.value) {
            throw PassthroughError(
                .invalidDocument,
                "\(name) takes an MTU of \(link.mtuRange.lowerBound) to "
                    + "\(link.mtuRange.upperBound), not \(mtu.value)", device: name)
        }
        if linkState == .down, !routes.isEmpty || inheritsRoutes {
            throw PassthroughError(
                .invalidDocument, "\(name) cannot have routes while its link state is down", device: name,
                hint: "the kernel routes through interfaces that are up")
        }
        if case .name(let target) = targetName, ["all", "default"].contains(target.description) {
            throw PassthroughError(
                .invalidDocument, "no interface can be called \(target): the kernel's settings of all have that name",
                device: name)
        }
    }
}
