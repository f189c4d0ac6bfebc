internal import Containers
internal import HostdevModel
public import Passthrough

/// The containers with a configuration that is edited, of all engines that keep one.
enum ConfiguredContainers {
    private static let kinds: [any DeviceConfigured.Type] = [OpenVZContainer.self, LXCConfiguredContainer.self]

    /// The container of a reference, whether it runs or not. A bare name is looked for in every engine.
    static func container(_ reference: ContainerReference) throws -> any DeviceConfigured {
        guard let engine = reference.engine else { return try container(named: reference.name) }
        guard let kind = kinds.first(where: { $0.engine == engine }) else {
            throw PassthroughError(
                .usage,
                "\(reference) has no configuration that hostdev edits: containers of "
                    + "\(kinds.map { $0.engine }.joined(separator: " and ")) have",
                hint: Hint(.attachAtStart))
        }
        return try kind.init(reference.name)
    }

    /// The same; nil when the reference leads to no container with a configuration, whose engine may keep none.
    static func ifConfigured(_ reference: ContainerReference) throws -> (any DeviceConfigured)? {
        if let engine = reference.engine, !kinds.contains(where: { $0.engine == engine }) { return nil }
        do {
            return try container(reference)
        } catch {
            guard PassthroughError(error).code == .noSuchContainer else { throw error }
            return nil
        }
    }

    private static func container(named name: String) throws -> any DeviceConfigured {
        var found: [any DeviceConfigured] = []
        for kind in kinds {
            do throws(ContainerError) {
                found.append(try kind.init(name))
            } catch {
                guard error.code == .noSuchContainer else { throw error }
            }
        }
        guard found.count < 2 else {
            let candidates = found.map { "\($0.reference)" }.joined(separator: ", ")
            throw PassthroughError(.usage, "several containers are called '\(name)': \(candidates)")
        }
        guard let container = found.first else {
            throw PassthroughError(.noSuchContainer, "no engine has a configuration of a container '\(name)'")
        }
        return container
    }

    /// All of them.
    static func all() throws -> [any DeviceConfigured] {
        try kinds.flatMap { kind in try kind.all().map { $0 as any DeviceConfigured } }
    }

    /// The interfaces that the configuration of a running container has; none for a container without one, or one that does
    /// not run.
    static func interfaces(of reference: ContainerReference) throws -> [ConfiguredInterface] {
        guard let container = try ifConfigured(reference), try Backend.running(reference) != nil else { return [] }
        return try container.entries().filter(\.isInterface).map(ConfiguredInterface.init)
    }
}

extension Backend {
    /// The same backend, which also knows the interfaces that engines move by their configurations: ``recover()`` leaves one
    /// to the container that has got it again by restarting, and does not take it away.
    public var knowingConfigurations: Backend {
        var copy = self
        copy.configuredInterfaces = { try ConfiguredContainers.interfaces(of: $0) }
        return copy
    }
}

extension ConfiguredInterface {
    init(_ entry: ConfiguredEntry) {
        self.init(hostdev: entry.hostdev, name: entry.name, target: entry.target)
    }
}

extension DeviceConfigured {
    /// All devices that its configuration has now.
    func entries() throws -> [ConfiguredEntry] { try text().entries }
}
