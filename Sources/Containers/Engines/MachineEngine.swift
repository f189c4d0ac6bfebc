internal import LinuxSystem
internal import SystemPackage

/// `machine:web`: a container of systemd-nspawn(1), or another that machined knows (machinectl(1)).
///
/// What is registered with machined has a file in `/run/systemd/machines`. What is not is found by its nspawn, whose
/// only child is the init process.
struct MachineEngine: ProcessEngine {
    let name = "machine"
    let abilities = EngineAbilities()
    private static let folder: FilePath = "/run/systemd/machines"
    /// What machinectl(1) starts by its name.
    private static let images: FilePath = "/var/lib/machines"
    /// Every systemd-nspawn has a folder here by the name of its machine, for as long as it runs.
    private static let nspawns: FilePath = "/run/systemd/nspawn/propagate"

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        guard isFileName(name) else { throw none(name, "'\(name)' is no name of a machine") }
        if let text = try? readText(Self.folder.appending(name)) { return try registered(name, text) }
        let mayRun = (try? FileStatus.of(Self.nspawns.appending(name))) != nil
        let claims = mayRun ? unregistered().filter { $0.name == name } : []
        guard let claim = claims.first else {
            let reason = none(name, "machined does not know it, and no systemd-nspawn runs it")
            let isKnown = ["", ".raw"].contains { (try? FileStatus.of(Self.images.appending(name + $0))) != nil }
            throw isKnown ? reason.ofKnown : reason
        }
        guard claims.count == 1 else {
            let processes = claims.map { "pid:\($0.process)" }.joined(separator: ", ")
            throw ContainerError(.ambiguous, "several systemd-nspawn run a machine '\(name)': \(processes)")
        }
        return claim
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        // There are links of the names of units beside the files.
        let names = ((try? directoryEntries(Self.folder)) ?? []).filter { !$0.hasPrefix("unit:") }
        let registered = names.compactMap { try? claim($0) }
        return (registered + unregistered().filter { !names.contains($0.name) }, [])
    }

    private func registered(_ name: String, _ text: String) throws(ContainerError) -> ContainerClaim {
        var fields: [Substring: Substring] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard fields["CLASS"] != "vm" else { throw none(name, "it is a virtual machine, not a container").ofKnown }
        let leader = fields["LEADER"].flatMap { Int32($0) } ?? 0
        // Whoever else registers a machine gives it a unit, and with it a control group.
        let proof =
            fields["SERVICE"] == "systemd-nspawn"
            ? Self.isChild(name)
            : inControlGroup("/" + String(fields["SCOPE"] ?? fields["UNIT"] ?? "(no unit)"))
        return ContainerClaim(name: name, process: leader, proof: proof)
    }

    /// All processes have to be looked at for them: only where there can be one.
    private func unregistered() -> [ContainerClaim] {
        guard !folders(in: Self.nspawns).isEmpty else { return [] }
        return processes().compactMap { id in
            guard (try? readText(processFile(id, "comm"))) == "systemd-nspawn\n", let nspawn = ProcessArguments(of: id),
                nspawn.user == 0, let name = NspawnArguments(nspawn.arguments).machine, let child = onlyChild(of: id),
                // Its own helper on the way to the container is no container.
                ProcessArguments(of: child)?.arguments != nspawn.arguments
            else { return nil }
            return ContainerClaim(name: name, process: child, proof: Self.isChild(name))
        }
    }

    private static func isChild(_ name: String) -> ProcessProof {
        child(ofUser: 0, "the systemd-nspawn of \(name)") {
            $0.program == "systemd-nspawn" && NspawnArguments($0.arguments).machine == name
        }
    }
}
