internal import LinuxSystem
internal import SystemPackage

/// OpenVZ: `openvz:101`, `openvz:web`.
///
/// vzctl's PID file stays when the init process ends, and so do the symbolic link below `/run/netns` and the empty control
/// groups. Only the process itself proves that it is the container's init process.
struct OpenVZEngine: ProcessEngine {
    let name = OpenVZContainer.engine
    let abilities = EngineAbilities(config: [.interfaces, .nodes, .pci])

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        let container = try OpenVZContainer(name)
        do throws(ContainerError) { return try claim(container) } catch { throw error.ofKnown }
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        do throws(ContainerError) {
            return claims(about: try OpenVZContainer.all(), claim)
        } catch {
            return ([], [error])
        }
    }

    private func claim(_ container: OpenVZContainer) throws(ContainerError) -> ContainerClaim {
        let id = container.id
        switch container.host.mode {
        case .upstream:
            let process = try process(OpenVZHost.upstreamPIDs.appending(id), of: id)
            return ContainerClaim(name: id, process: process, proof: isInit(inGroup: "/vz-\(id)"))
        case .seven:
            let process = try process(OpenVZHost.sevenPIDs.appending("\(id).init.pid"), of: id)
            return ContainerClaim(name: id, process: process, proof: isInit(ofEnvironment: id))
        case .kernel:
            // This kernel reports the container of every process, and no file names the init process.
            let proof = isInit(ofEnvironment: id)
            var found: Int32?
            for process in try processes() where found == nil {
                let status = try engineState { () throws(SystemError) in try ProcessStatus(of: process) }
                if let status, try Self.holds(proof, of: process, status) { found = process }
            }
            guard let found else { throw none(id, "no process is the init of environment \(id)") }
            return ContainerClaim(name: id, process: found, proof: proof)
        }
    }

    private static func holds(
        _ proof: ProcessProof, of process: Int32, _ status: ProcessStatus
    ) throws(ContainerError) -> Bool {
        do throws(NotProven) {
            try proof(process, status)
            return true
        } catch {
            guard let failure = error.failure else { return false }
            throw ContainerError(OpenVZContainer.engine, failure)
        }
    }

    private func process(_ path: FilePath, of id: String) throws(ContainerError) -> Int32 {
        let text: String
        do throws(SystemError) {
            text = try readText(path)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw ContainerError(OpenVZContainer.engine, error) }
            throw none(id, "there is no \(path)")
        }
        guard let process = Int32(text.prefix { !$0.isWhitespace }) else {
            throw none(id, "\(path) does not hold the number of a process")
        }
        return process
    }

    /// Without an OpenVZ kernel vzctl puts all processes of a container into a control group. The init process has id 1 inside.
    private func isInit(inGroup group: String) -> ProcessProof {
        { (id, status) throws(NotProven) in
            let ids = try proving { () throws(SystemError) in try namespaceIDs(of: id) } ?? []
            guard ids.count > 1, ids.last == 1 else {
                throw NotProven("its PID file is out of date: process \(id) is no container's init")
            }
            try inControlGroup(group)(id, status)
        }
    }

    /// An OpenVZ kernel reports in `/proc/PID/status` the container of a process, and its id inside.
    private func isInit(ofEnvironment environment: String) -> ProcessProof {
        { (id, _) throws(NotProven) in
            let text = try proving { () throws(SystemError) in try readText(processFile(id, "status")) } ?? ""
            guard Self.isInit(text, ofEnvironment: environment) else {
                throw NotProven(
                    "its PID file is out of date: process \(id) is not the init of environment \(environment)")
            }
        }
    }

    static func isInit(_ status: String, ofEnvironment environment: String) -> Bool {
        let lines = status.split(separator: "\n").map { $0.split(whereSeparator: \.isWhitespace) }
        let environments = lines.first { $0.first == "envID:" }?.dropFirst()
        // Kernels with NSpid have no VPid.
        let numbers = (lines.first { $0.first == "VPid:" } ?? lines.first { $0.first == "NSpid:" })?.dropFirst()
        return environments.map { $0.elementsEqual([Substring(environment)]) } == true && numbers?.last == "1"
    }
}
