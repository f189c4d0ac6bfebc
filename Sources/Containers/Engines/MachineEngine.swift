internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// systemd-nspawn(1) and other containers of machinectl(1): `machine:web`.
///
/// A container that is registered with machined has a file in `/run/systemd/machines`. Another one is found by its
/// systemd-nspawn, whose only child is the init process.
struct MachineEngine: ProcessEngine {
    let name = "machine"
    let abilities = EngineAbilities()
    private static let directory: FilePath = "/run/systemd/machines"
    /// The images that machinectl(1) starts by their names.
    private static let images: FilePath = "/var/lib/machines"
    /// Every running systemd-nspawn has a directory here with the name of its machine.
    private static let nspawns: FilePath = "/run/systemd/nspawn/propagate"

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        guard isFileName(name) else { throw none(name, "'\(name)' is no name of a machine") }
        let text = try engineState { () throws(SystemError) in try readText(Self.directory.appending(name)) }
        if let text { return try registered(name, text) }
        let mayRun = try engineState { () throws(SystemError) in try exists(Self.nspawns.appending(name)) } == true
        let claims = mayRun ? try unregistered().filter { ByteString($0.name) == ByteString(name) } : []
        guard let claim = claims.first else {
            let reason = none(name, "machined does not know it, and no systemd-nspawn runs it")
            let (hasDirectory, hasImage) = try (
                isThere(Self.images.appending(name)), isThere(Self.images.appending(name + ".raw"))
            )
            let isKnown = hasDirectory || hasImage
            throw isKnown ? reason.ofKnown : reason
        }
        guard claims.count == 1 else {
            let processes = claims.map { "pid:\($0.process)" }.joined(separator: ", ")
            throw ContainerError(.ambiguous, "several systemd-nspawn run a machine '\(name)': \(processes)")
        }
        return claim
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var found: (claims: [ContainerClaim], problems: [ContainerError]) = ([], [])
        do throws(ContainerError) {
            // The directory also contains links with the names of units.
            let names = try entries(in: Self.directory).compactMap { $0.lastComponent?.string }.filter {
                !$0.hasPrefix("unit:")
            }
            found = claims(about: names, claim)
            found.claims += try unregistered().filter { !names.contains($0.name) }
        } catch {
            found.problems.append(error)
        }
        return found
    }

    private func registered(_ name: String, _ text: String) throws(ContainerError) -> ContainerClaim {
        var fields: [Substring: Substring] = [:]
        for line in text.lines {
            let parts = line.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        guard fields["CLASS"] != "vm" else { throw none(name, "it is a virtual machine, not a container").ofKnown }
        let leader = fields["LEADER"].flatMap { Int32($0) } ?? 0
        // Other programs register a machine with a unit, which is a control group.
        let proof =
            fields["SERVICE"] == "systemd-nspawn"
            ? Self.isChild(name)
            : inControlGroup("/" + String(fields["SCOPE"] ?? fields["UNIT"] ?? "(no unit)"))
        return ContainerClaim(name: name, process: leader, proof: proof)
    }

    /// Returns the machines that are not registered. To find them takes a walk over all processes, so only when there may be
    /// one.
    private func unregistered() throws(ContainerError) -> [ContainerClaim] {
        guard try !entries(in: Self.nspawns).isEmpty else { return [] }
        var claims: [ContainerClaim] = []
        for id in try processes() {
            let comm = try engineState { () throws(SystemError) in try readText(processFile(id, "comm")) }
            guard comm == "systemd-nspawn\n", let nspawn = try Self.arguments(of: id), nspawn.user == 0,
                let name = NspawnArguments(nspawn.arguments).machine, let child = try onlyChild(of: id),
                // During the start the child is a helper with the same command line.
                try Self.arguments(of: child)?.arguments != nspawn.arguments
            else { continue }
            claims.append(ContainerClaim(name: name, process: child, proof: Self.isChild(name)))
        }
        return claims
    }

    private static func arguments(of id: Int32) throws(ContainerError) -> ProcessArguments? {
        try engineState { () throws(SystemError) in try ProcessArguments(of: id) } ?? nil
    }

    private static func isChild(_ name: String) -> ProcessProof {
        child(ofUser: 0, "the systemd-nspawn of \(name)") {
            $0.program == "systemd-nspawn"
                && NspawnArguments($0.arguments).machine.map { ByteString($0) } == ByteString(name)
        }
    }
}
