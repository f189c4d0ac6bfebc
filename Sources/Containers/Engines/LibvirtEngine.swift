internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// libvirt's LXC driver: `libvirt:web`.
///
/// Just after a start libvirt's state may name the previous init process, or none. Certain is the process id of the controller,
/// of which the init process is the only child.
struct LibvirtEngine: ProcessEngine {
    let name = "libvirt"
    let abilities = EngineAbilities()
    private static let directory: FilePath = "/run/libvirt/lxc"
    /// The definitions of domains, whether they run or not.
    private static let domains: FilePath = "/etc/libvirt/lxc"

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        let file = Self.directory.appending(name + ".pid")
        guard isFileName(name), let text = try engineState({ () throws(SystemError) in try readText(file) }) else {
            let reason = none(name, "libvirt's LXC driver has no running domain of that name")
            let isKnown = isFileName(name) ? try isThere(Self.domains.appending(name + ".xml")) : false
            throw isKnown ? reason.ofKnown : reason
        }
        do throws(ContainerError) { return try claim(name, text) } catch { throw error.ofKnown }
    }

    private func claim(_ name: String, _ text: String) throws(ContainerError) -> ContainerClaim {
        let number = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) } ?? 0
        let found = try engineState { () throws(SystemError) in try ProcessArguments(of: number) }
        guard let controller = found ?? nil, Self.isController(controller, of: name) else {
            throw none(name, "process \(number) is no controller of it: \(Self.directory)/\(name).pid is stale")
        }
        guard controller.user == 0 else {
            throw none(name, "its controller, process \(number), is user \(controller.user)'s, and so proves nothing")
        }
        guard let process = try onlyChild(of: controller.id) else {
            throw none(name, "its controller, process \(controller.id), has not started it yet, or ends it")
        }
        let proof = child(ofUser: 0, "libvirt's controller of \(name)") { Self.isController($0, of: name) }
        return ContainerClaim(name: name, process: process, proof: proof)
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        do throws(ContainerError) {
            let files = try entries(in: Self.directory).compactMap(\.lastComponent)
            return claims(about: files.filter { $0.extension == "pid" && $0.stem != "driver" }.map(\.stem), claim)
        } catch {
            return ([], [error])
        }
    }

    private static func isController(_ process: ProcessArguments, of name: String) -> Bool {
        process.program == "libvirt_lxc" && process.value(of: "--name").map { ByteString($0) } == ByteString(name)
    }
}

/// Returns the only child of a process, or nil when it has none or several.
func onlyChild(of id: Int32) throws(ContainerError) -> Int32? {
    let text = try engineState { () throws(SystemError) in try readText(processFile(id, "task/\(id)/children")) }
    let children = text?.split(separator: " ") ?? []
    return children.count == 1 ? Int32(children[0]) : nil
}
