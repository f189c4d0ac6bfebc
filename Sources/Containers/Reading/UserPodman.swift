internal import LinuxSystem
internal import SystemPackage

/// A container of a podman that a user runs, and not root.
///
/// What such a podman keeps was written by the user, and is not read. Its conmon(8) is one of the user's processes, with
/// the name and the id in its command line, and the container's init process its only child: in a user namespace that the
/// user made, by the kernel's word. A user who makes that up has named a process of the user's own.
struct UserPodman {
    let id: String
    let user: UInt32
    /// The name with which conmon was started.
    let name: String
    let claim: ContainerClaim

    /// How references call it: `1000/web`.
    var reference: String { claim.name }

    /// Those of all users.
    static func containers() throws(ContainerError) -> [UserPodman] {
        guard try mayRun else { return [] }
        var found: [UserPodman] = []
        for id in try processes() {
            let name = try engineState { () throws(SystemError) in try readText(processFile(id, "comm")) }
            guard name == "conmon\n",
                let conmon = try engineState({ () throws(SystemError) in try ProcessArguments(of: id) }) ?? nil,
                let container = try UserPodman(conmon)
            else { continue }
            found.append(container)
        }
        return found
    }

    private init?(_ conmon: ProcessArguments) throws(ContainerError) {
        guard conmon.user != 0, let id = conmon.value(of: "-c", "--cid"), isFullID(id),
            let name = conmon.value(of: "-n", "--name"), isFileName(name), PodmanEngine.isWatcher(conmon, of: id),
            // That of `podman exec` watches over a process beside the init.
            !conmon.arguments.contains("--exec-process-spec"), let process = try onlyChild(of: conmon.id)
        else { return nil }
        self.id = id
        self.name = name
        let user = conmon.user
        self.user = user
        let isChild = child(ofUser: user, "podman's conmon of \(name)") { PodmanEngine.isWatcher($0, of: id) }
        claim = ContainerClaim(name: "\(user)/\(name)", process: process) { (process, status) throws(NotProven) in
            try isChild(process, status)
            let owner = try proving { () throws(SystemError) in try Namespace.owner(ofUserNamespaceOf: process) }
            guard owner == user else {
                throw NotProven("process \(process) is in no user namespace of user \(user)'s")
            }
        }
    }

    /// Whether a name, an id or the beginning of one means it, alone or behind the user's number or name and a slash.
    func isCalled(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isUsers = parts.count < 2 || parts[0] == String(user) || Self.user(named: parts[0]) == user
        guard isUsers, let last = parts.last, !last.isEmpty else { return false }
        return name == last || id.hasPrefix(last)
    }

    /// Whether there is anything of a user's podman: all processes have to be looked at for it only then.
    private static var mayRun: Bool {
        get throws(ContainerError) {
            for folder in try folders(in: "/run/user") {
                for name in ["containers", "libpod", "crun", "runc"] {
                    let entry = folder.appending(name)
                    if try engineState({ () throws(SystemError) in try FileStatus.of(entry) }) != nil { return true }
                }
            }
            // Where a user has no session.
            return try folders(in: "/tmp").contains { folder in
                let name = folder.lastComponent?.string ?? ""
                return ["podman-run-", "storage-run-", "containers-user-", "run-"].contains(where: name.hasPrefix)
            }
        }
    }

    /// passwd(5): name, password, number.
    private static func user(named name: Substring) -> UInt32? {
        let lines = (try? readText("/etc/passwd"))?.split(separator: "\n") ?? []
        return lines.lazy.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .first { $0.count > 2 && $0[0] == name }.flatMap { UInt32($0[2]) }
    }
}
