internal import ByteStrings
internal import LinuxSystem

/// What an engine claims about one of its containers. It is believed only once the process is pinned and the proof holds.
struct ContainerClaim: Sendable {
    /// The engine's name for the container, which is the same whatever name or part of an id was asked for.
    let name: String
    /// The process id of its init process on the host.
    let process: Int32
    /// Checks the claim with the kernel while the process is pinned.
    let proof: ProcessProof
}

/// Checks whether a process is the container's, while its pidfd is open. Throws what is wrong, without the container's name.
typealias ProcessProof = @Sendable (_ id: Int32, _ status: ProcessStatus) throws(NotProven) -> Void

/// Why a process is not the container's, or why that cannot be found out.
struct NotProven: Error, Hashable {
    let reason: String
    /// The error when that cannot be found out. Nil when the process is not the container's.
    let failure: SystemError?

    init(_ reason: String) {
        self.reason = reason
        failure = nil
    }

    init(_ failure: SystemError) {
        reason = failure.description
        self.failure = failure
    }
}

/// Reads a part of a proof from the kernel. Returns nil when the process has ended meanwhile.
func proving<Value>(_ call: () throws(SystemError) -> Value) throws(NotProven) -> Value? {
    do throws(SystemError) {
        return try ifThere(call)
    } catch {
        throw NotProven(error)
    }
}

/// Proves that a process has a start time, in clock ticks after boot, as engines record it. Another process with the same id
/// has another one.
func started(at time: UInt64) -> ProcessProof {
    { (id, status) throws(NotProven) in
        guard status.startTime == time else {
            throw NotProven(
                "process \(id) is another one now: it began at \(status.startTime), the container's at \(time)")
        }
    }
}

/// Proves that a process is in the control group that the engine made for the container.
func inControlGroup(_ path: String) -> ProcessProof {
    { (id, _) throws(NotProven) in
        let membership = try proving { () throws(SystemError) in try readText(processFile(id, "cgroup")) } ?? ""
        let isThere = membership.lines.contains { line in
            // The number, the controllers, the path.
            let group = line.halves(at: ":")?.behind.halves(at: ":")?.behind ?? ""
            return group.utf8.reversed().starts(with: path.utf8.reversed())
        }
        guard isThere else {
            throw NotProven("process \(id) is another one now: it is not in the control group \(path)")
        }
    }
}

/// Proves that a process is the child of the engine's process for that container: one with a certain command line that runs as
/// a user. No other user can start a child of that process.
func child(ofUser user: UInt32, _ what: String, where isMeant: @escaping @Sendable (ProcessArguments) -> Bool)
    -> ProcessProof
{
    { (id, status) throws(NotProven) in
        let parent = try proving { () throws(SystemError) in try ProcessArguments(of: status.parent) } ?? nil
        // The id is the parent's as long as the child has that parent, so the child is read again after the parent.
        let now = try proving { () throws(SystemError) in try ProcessStatus(of: id) }
        guard let parent, isMeant(parent), now?.parent == status.parent else {
            throw NotProven("process \(id) is no child of \(what)")
        }
        guard parent.user == user else {
            throw NotProven("\(what) is process \(parent.id) of user \(parent.user), and so proves nothing")
        }
    }
}

/// The command line of a process, and the user as whom it runs.
struct ProcessArguments: Sendable {
    let id: Int32
    let arguments: [String]
    let user: UInt32

    /// Returns nil when the process has gone, or has no command line.
    init?(of id: Int32) throws(SystemError) {
        let found = try ifThere { () throws(SystemError) in
            (bytes: try readBytes(processFile(id, "cmdline")), status: try FileStatus.of(processFile(id, "")))
        }
        guard let (bytes, status) = found, !bytes.isEmpty else { return nil }
        self.id = id
        user = status.user
        arguments = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
            ByteString(bytes: $0).text
        }
    }

    /// The program's name, without directories.
    var program: Substring { arguments[0].split(separator: "/").last ?? "" }

    /// Returns the value of an option: `-n web`, `-nweb`, `--machine web`, `--machine=web`.
    func value(of options: String...) -> String? {
        for (index, argument) in arguments.enumerated().dropFirst() {
            for option in options {
                if argument == option { return arguments.dropFirst(index + 1).first }
                let joined = option.hasPrefix("--") ? option + "=" : option
                if argument.hasPrefix(joined), argument.hasPrefix("--") == option.hasPrefix("--") {
                    return String(argument.dropFirst(joined.count))
                }
            }
        }
        return nil
    }
}
