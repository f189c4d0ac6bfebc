public import Containers
internal import DeviceAccess
internal import LinuxSystem
internal import SystemPackage

extension Backend {
    /// What the host, and a container where one is named, permit; and what to do about what they do not. Changes nothing.
    public func diagnose(_ reference: ContainerReference? = nil) throws(PassthroughError) -> [Finding] {
        do {
            var findings = try host() + records()
            guard let reference else { return findings }
            findings += try self.findings(about: Containers.container(reference))
            return findings
        } catch {
            throw PassthroughError(error)
        }
    }

    /// What stands in the way of giving a running container devices, as ``diagnose(_:)`` says it. Nothing does of one that
    /// has ended meanwhile.
    public func obstacles(to container: ContainerSummary) -> [Finding] {
        do {
            return try findings(about: container.pinned()).filter { $0.verdict != .good }
        } catch {
            let error = PassthroughError(error)
            guard error.code != .noSuchContainer else { return [] }
            return [Finding(container.reference.description, "container", .missing, error.message, remedy: error.hint)]
        }
    }

    private func findings(about container: borrowing Container) throws -> [Finding] {
        var findings = try [devices(of: container.reference), network(of: container)]
        if let files = container.files { findings += try self.files(files, of: container.reference) }
        return findings
    }

    /// The records that cannot be read.
    private func records() throws -> [Finding] {
        try unreadableRecords().map { record in
            Finding("host", "records", .limited, record.description, remedy: Hint(.repairRecord))
        }
    }

    private func host() throws -> [Finding] {
        let lacking = try Capability.missing(of: Capability.allCases).map(\.description).joined(separator: ", ")
        let paths: SystemError? = Self.failure { () throws(SystemError) in _ = try RootDirectory("/") }
        let mounts: SystemError? = Self.failure { () throws(SystemError) in _ = try Mount.detached("tmpfs") }
        // All of the hierarchies, for a process at their tops.
        let groups = try DeviceControlGroups.roots()
        let mounted = [("1", groups.v1), ("2", groups.v2)].compactMap { version, group in
            group.map { "version \(version) at \($0.hierarchy)" }
        }
        return [
            Finding(
                "host", "privilege", lacking.isEmpty ? .good : .missing,
                lacking.isEmpty ? "all capabilities that are needed" : "without \(lacking)",
                remedy: lacking.isEmpty ? nil : Hint(.runAsRoot)),
            Finding(
                "host", "paths", paths == nil ? .good : .missing, paths?.description ?? "openat2(2) works",
                remedy: paths == nil ? nil : .words("it needs Linux 5.6")),
            Finding(
                "host", "mounts", mounts == nil ? .good : .limited, mounts?.description ?? "fsmount(2) works",
                remedy: mounts == nil ? nil : .words("nodes in user namespaces need Linux 5.2 and CAP_SYS_ADMIN")),
            Finding(
                "host", "control groups", mounted.isEmpty ? .limited : .good,
                mounted.isEmpty ? "none is mounted that filters devices" : mounted.joined(separator: ", "),
                remedy: mounted.isEmpty
                    ? .words("where containers have device filters, mount what they are in") : nil),
        ] + overrides(in: groups)
    }

    /// Whether device programs of others can be overridden.
    private func overrides(in groups: DeviceControlGroups) -> [Finding] {
        guard groups.v2 != nil else { return [] }
        let property = "device filter"
        do throws(DeviceAccessError) {
            guard let obstacle = try rules(for: nil).obstacle(for: groups) else {
                return [Finding("host", property, .good, "denials of version 2 can be overridden")]
            }
            return [
                Finding(
                    "host", property, .limited,
                    "no denial of version 2 can be overridden, so who filters a container is asked, or its program is changed in place: \(obstacle)",
                    remedy: Hint(.check)
                )
            ]
        } catch {
            return [Finding("host", property, .missing, error.description, remedy: error.remedy.map(Hint.words))]
        }
    }

    /// What the engine's containers can be given.
    private func devices(of reference: ContainerReference) throws -> Finding {
        let abilities = try Containers.abilities(of: reference)
        let text = { (kinds: Set<EngineAbilities.DeviceKind>) in
            kinds.map(\.rawValue).sorted().joined(separator: " and ")
        }
        let configured = abilities.config.isEmpty ? "" : "; its configuration takes \(text(abilities.config))"
        let isAll = abilities.live.isSuperset(of: [.interfaces, .nodes])
        return Finding(
            reference.description, "devices", isAll ? .good : .limited,
            "takes \(text(abilities.live)) while it runs\(configured)", remedy: abilities.alternative.map(Hint.words))
    }

    private func network(of container: borrowing Container) throws -> Finding {
        let isHosts = try container.network.identity == Namespace.current(.network).identity
        return Finding(
            container.reference.description, "network namespace", isHosts ? .missing : .good,
            isHosts ? "it is the host's" : "its own",
            remedy: isHosts
                ? .words("no interface can be moved into it: start it with a network namespace") : nil)
    }

    private func files(_ files: ContainerFiles, of reference: ContainerReference) throws -> [Finding] {
        let name = reference.description
        let hasUsers = !files.userIDs.isIdentity
        var findings = [
            Finding(
                name, "user namespace", .good,
                hasUsers ? "its own: nodes are mounted, each from a file system of the host's" : "the host's")
        ]
        do {
            let directory = try files.root.directory("/dev")
            // What is mounted over a node takes no new name there, and no node of its own.
            let hasHostDevices = try files.hasHostDevices
            let mounted = hasUsers || hasHostDevices
            let (isReadOnly, ignoresDevices) = (try directory.isReadOnly, try directory.isNodev)
            let obstacle = isReadOnly ? "is read-only" : ignoresDevices && !mounted ? "is mounted nodev" : nil
            let remedy = Hint.words("mount a tmpfs at /dev in the container")
            if let obstacle {
                findings.append(Finding(name, "/dev", .missing, obstacle, remedy: remedy))
            } else if hasHostDevices {
                let found = "is the host's: nodes are only mounted over what has their name"
                findings.append(Finding(name, "/dev", .limited, found, remedy: remedy))
            } else {
                findings.append(Finding(name, "/dev", .good, "takes nodes"))
            }
        } catch {
            findings.append(Finding(name, "/dev", .missing, "\(error)"))
        }
        return findings + [filter(of: files.groups, reference)]
    }

    /// How a device would be allowed: asked about one that no driver has, so that no engine has allowed it.
    private func filter(of groups: DeviceControlGroups, _ reference: ContainerReference) -> Finding {
        let name = reference.description
        let property = "device filter"
        do throws(DeviceAccessError) {
            let ways = try rules(for: reference).plan(
                DeviceRule(DeviceNumber(.character, 4_095, 0xfffff), [.read, .write]), for: groups
            ).map(\.method)
            guard !ways.isEmpty else { return Finding(name, property, .good, "nothing filters its devices") }
            return Finding(name, property, .good, "devices are allowed by " + ways.joined(separator: " and "))
        } catch {
            return Finding(name, property, .missing, error.description, remedy: error.remedy.map(Hint.words))
        }
    }

    private static func failure(_ body: () throws(SystemError) -> Void) -> SystemError? {
        do throws(SystemError) {
            try body()
            return nil
        } catch {
            return error
        }
    }
}

/// What a diagnosis says of one property of the host, or of a container.
public struct Finding: Hashable, Sendable {
    /// Whether something is in the way of attaching.
    public enum Verdict: String, Hashable, Sendable {
        /// Nothing.
        case good
        /// It works, in another way or with a caveat.
        case limited
        /// Something cannot be attached.
        case missing
    }

    /// `host`, or the container's reference.
    public let subject: String
    /// Which property: `records`, `privilege`, `paths`, `mounts`, `control groups`, `device filter`, `devices`,
    /// `user namespace`, `/dev`, `network namespace`.
    public let property: String
    /// Whether that is in the way.
    public let verdict: Verdict
    /// What was found.
    public let found: String
    /// What can be done about it, where something can.
    public let remedy: Hint?

    /// A finding from its parts.
    public init(_ subject: String, _ property: String, _ verdict: Verdict, _ found: String, remedy: Hint? = nil) {
        self.subject = subject
        self.property = property
        self.verdict = verdict
        self.found = found
        self.remedy = remedy
    }
}
