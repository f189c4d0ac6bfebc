internal import Containers
internal import HostdevModel
internal import Passthrough

/// What is to be changed in a container's configuration.
enum ConfigurationChange {
    case attach([Hostdev])
    /// - ifAttached: what is not there is no error.
    /// - isLiveToo: the running container is meant as well, so that `--all` may find nothing here.
    case detach([DeviceSelector], ifAttached: Bool, isLiveToo: Bool)

    /// Changes the text, and says what that does.
    func apply<Container: DeviceConfigured>(
        to text: inout Container.Text, of container: Container, backend: Backend
    ) throws -> Outcome {
        switch self {
        case .attach(let hostdevs):
            let added = try Self.add(hostdevs, to: &text, of: container, backend: backend)
            return Outcome(attached: try added.map { try Attachment($0.entry, $0.hostdev, of: container.reference) })
        case .detach(let selectors, let ifAttached, let isLiveToo):
            return try detach(selectors, &text, container) { ifAttached || ($0 == .all && isLiveToo) }
        }
    }

    /// Adds devices, each beside those before it.
    static func add<Container: DeviceConfigured>(
        _ hostdevs: [Hostdev], to text: inout Container.Text, of container: Container, backend: Backend
    ) throws -> [(hostdev: Hostdev, entry: ConfiguredEntry)] {
        let guards = ConfigurationGuards(backend: backend, container: container)
        var added: [(hostdev: Hostdev, entry: ConfiguredEntry)] = []
        for hostdev in hostdevs {
            do {
                for entry in try text.entries(for: hostdev) {
                    try guards.check(entry, of: hostdev, in: text)
                    text.add(entry)
                    added.append((hostdev, entry))
                }
            } catch let error as ConfiguredAlready {
                throw error.error(in: container.path, about: hostdev)
            }
        }
        try container.refuseAddition(added.map(\.entry))
        return added
    }

    private func detach<Container: DeviceConfigured>(
        _ selectors: [DeviceSelector], _ text: inout Container.Text, _ container: Container,
        mayBeMissing: (DeviceSelector) -> Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        let entries = try Self.entries(selectors, of: text, in: container, mayBeMissing: mayBeMissing)
        try container.refuseRemoval(entries)
        for entry in entries {
            if let attachment = try Attachment(entry, of: container.reference) { outcome.detached.append(attachment) }
            try text.remove(entry)
        }
        return outcome
    }

    /// What is meant, each entry once.
    static func entries<Container: DeviceConfigured>(
        _ selectors: [DeviceSelector], of text: Container.Text, in container: Container,
        mayBeMissing: (DeviceSelector) -> Bool
    ) throws -> [ConfiguredEntry] {
        let all = try text.entries
        var meant: [ConfiguredEntry] = []
        for selector in selectors {
            let found = try selector.entries(among: all, of: container.reference, in: container.path)
            guard !found.isEmpty || mayBeMissing(selector) else {
                throw PassthroughError(
                    .notAttached, "\(container.path) has no \(selector)",
                    hint: Hint(.listConfigured, container.reference.description))
            }
            meant += found.filter { !meant.contains($0) }
        }
        return meant
    }
}
