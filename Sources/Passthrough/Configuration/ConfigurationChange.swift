internal import Containers
internal import HostdevModel

/// What is to be changed in a container's configuration.
enum ConfigurationChange {
    case attach([Hostdev])
    /// - ifAttached: what is not there is no error.
    /// - isLiveToo: the running container is meant as well, so that `--all` may find nothing here.
    case detach([DeviceSelector], ifAttached: Bool, isLiveToo: Bool)

    /// Changes the text, and says what that does.
    func apply<Container: DeviceConfigured>(
        to text: inout Container.Text, of container: Container
    ) throws -> Outcome {
        switch self {
        case .attach(let hostdevs): Outcome(attached: try attach(hostdevs, &text, container))
        case .detach(let selectors, let ifAttached, let isLiveToo):
            try detach(selectors, &text, container) { ifAttached || ($0 == .all && isLiveToo) }
        }
    }

    private func attach<Container: DeviceConfigured>(
        _ hostdevs: [Hostdev], _ text: inout Container.Text, _ container: Container
    ) throws -> [Attachment] {
        var added: [Attachment] = []
        for hostdev in hostdevs {
            do {
                for entry in try text.entries(for: hostdev) {
                    text.add(entry)
                    added.append(Attachment(entry, hostdev, of: container.reference))
                }
            } catch let error as ConfiguredAlready {
                throw error.error(in: container.path, about: hostdev)
            }
        }
        return added
    }

    private func detach<Container: DeviceConfigured>(
        _ selectors: [DeviceSelector], _ text: inout Container.Text, _ container: Container,
        mayBeMissing: (DeviceSelector) -> Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        for selector in selectors {
            let entries = try selector.entries(
                among: text.entries, of: container.reference, in: "\(container.path)")
            guard !entries.isEmpty || mayBeMissing(selector) else {
                throw PassthroughError(
                    .notAttached, "\(container.path) has no \(selector)",
                    hint: "hostdev list --config \(container.reference) shows what it has")
            }
            for entry in entries {
                if let attachment = Attachment(entry, of: container.reference) { outcome.detached.append(attachment) }
                try text.remove(entry)
            }
        }
        return outcome
    }
}
