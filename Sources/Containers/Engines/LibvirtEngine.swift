internal import LinuxSystem
internal import SystemPackage

/// `libvirt:web`: a container of libvirt's LXC driver.
///
/// libvirt's state can name the init process of the run before, or none, just after a start. What it is sure of is the
/// number of the controller, of which the init process is the only child.
struct LibvirtEngine: ProcessEngine {
    let name = "libvirt"
    let abilities = EngineAbilities()
    private static let folder: FilePath = "/run/libvirt/lxc"
    /// The domains that it keeps, whether they run or not.
    private static let domains: FilePath = "/etc/libvirt/lxc"

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        guard isFileName(name), let text = try? readText(Self.folder.appending(name + ".pid")) else {
            let reason = none(name, "libvirt's LXC driver has no running domain of that name")
            let isKnown = isFileName(name) && (try? FileStatus.of(Self.domains.appending(name + ".xml"))) != nil
            throw isKnown ? reason.ofKnown : reason
        }
        do throws(ContainerError) { return try claim(name, text) } catch { throw error.ofKnown }
    }

    private func claim(_ name: String, _ text: String) throws(ContainerError) -> ContainerClaim {
        let number = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int32($0) } ?? 0
        guard let controller = ProcessArguments(of: number), Self.isController(controller, of: name) else {
            throw none(name, "process \(number) is no controller of it: \(Self.folder)/\(name).pid is stale")
        }
        guard controller.user == 0 else {
            throw none(name, "its controller, process \(number), is user \(controller.user)'s, and so proves nothing")
        }
        guard let process = onlyChild(of: controller.id) else {
            throw none(name, "its controller, process \(controller.id), has not started it yet, or ends it")
        }
        let proof = child(ofUser: 0, "libvirt's controller of \(name)") { Self.isController($0, of: name) }
        return ContainerClaim(name: name, process: process, proof: proof)
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        let names = ((try? directoryEntries(Self.folder)) ?? []).filter { $0.hasSuffix(".pid") && $0 != "driver.pid" }
        return (names.compactMap { try? claim(String($0.dropLast(4))) }, [])
    }

    private static func isController(_ process: ProcessArguments, of name: String) -> Bool {
        process.program == "libvirt_lxc" && process.value(of: "--name") == name
    }
}

/// The only child of a process; nil when it has none, or several.
func onlyChild(of id: Int32) -> Int32? {
    let children = (try? readText(processFile(id, "task/\(id)/children")))?.split(separator: " ") ?? []
    return children.count == 1 ? Int32(children[0]) : nil
}
