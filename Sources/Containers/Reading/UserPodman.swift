internal import LinuxSystem
internal import SystemPackage

/// A container of the podman of a user other than root.
///
/// The state of such a podman was written by the user, and is not trusted. Its conmon(8) is a process of the user with the name
/// and the id in its command line, and the init process is its only child, in a user namespace that the user made, as the
/// kernel reports. A user who fakes all that has named a process of the same user.
struct UserPodman {
    let id: String
    let user: UInt32
    /// The name in the command line of conmon.
    let name: String
    let claim: ContainerClaim

    /// How references call it: `1000/web`.
    var reference: String { claim.name }

    /// Returns the containers of all users.
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
            let name = conmon.value(of: "-n", "--name"), isFileName(name), PodmanEngine.isMonitor(conmon, of: id),
            // The conmon of `podman exec` monitors a process beside the init process.
            !conmon.arguments.contains("--exec-process-spec"), let process = try onlyChild(of: conmon.id)
        else { return nil }
        self.id = id
        self.name = name
        let user = conmon.user
        self.user = user
        let isChild = child(ofUser: user, "podman's conmon of \(name)") { PodmanEngine.isMonitor($0, of: id) }
        claim = ContainerClaim(name: "\(user)/\(name)", process: process) { (process, status) throws(NotProven) in
            try isChild(process, status)
            let owner = try proving { () throws(SystemError) in try Namespace.owner(ofUserNamespaceOf: process) }
            guard owner == user else {
                throw NotProven("process \(process) is in no user namespace of user \(user)'s")
            }
        }
    }

    /// Returns whether a text is its name, its id or the beginning of that, alone or after the user's id or name and a slash.
    func isCalled(_ text: String) -> Bool {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let isUsers = parts.count < 2 || parts[0] == String(user) || Self.user(named: parts[0]) == user
        guard isUsers, let last = parts.last, !last.isEmpty else { return false }
        return name == last || id.hasPrefix(last)
    }

    /// Whether a user's podman may run. To find its containers takes a walk over all processes.
    private static var mayRun: Bool {
        get throws(ContainerError) {
            for directory in try entries(in: "/run/user") {
                for name in ["containers", "libpod", "crun", "runc"] {
                    let entry = directory.appending(name)
                    if try engineState({ () throws(SystemError) in try FileStatus.of(entry) }) != nil { return true }
                }
            }
            // For users without a session.
            return try entries(in: "/tmp").contains { directory in
                let name = directory.lastComponent?.string ?? ""
                return ["podman-run-", "storage-run-", "containers-user-", "run-"].contains(where: name.hasPrefix)
            }
        }
    }

    /// Returns the id of a user by name: passwd(5).
    private static func user(named name: Substring) -> UInt32? {
        let lines = (try? readText("/etc/passwd"))?.split(separator: "\n") ?? []
        return lines.lazy.map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .first { $0.count > 2 && $0[0] == name }.flatMap { UInt32($0[2]) }
    }
}
