internal import ByteStrings
internal import LinuxSystem

/// What an engine says of one of its containers. Nothing of it is believed before the process is pinned and the proof
/// holds.
struct ContainerClaim: Sendable {
    /// What the engine calls it; always the same for one container, whatever name or part of an id was asked for.
    let name: String
    /// The number of its init process on the host.
    let process: Int32
    /// Asked of the pinned process: the kernel's word for what the engine said.
    let proof: ProcessProof
}

/// Whether a process is the one that was meant, asked of the kernel while a pidfd keeps its number from being another's.
/// It throws what is wrong, without the container's name.
typealias ProcessProof = @Sendable (_ id: Int32, _ status: ProcessStatus) throws(NotProven) -> Void

/// Why a process is not the one that was meant, or why nobody can tell.
struct NotProven: Error, Hashable {
    let reason: String
    /// The kernel would not say: the process may be the one.
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

/// A part of a proof that is read from the kernel; nil when the process has ended meanwhile.
func proving<Value>(_ look: () throws(SystemError) -> Value) throws(NotProven) -> Value? {
    do throws(SystemError) {
        return try ifThere(look)
    } catch {
        throw NotProven(error)
    }
}

/// The process began at a time: clock ticks after boot, as engines note them. A number that was given to another process
/// since has another.
func started(at time: UInt64) -> ProcessProof {
    { (id, status) throws(NotProven) in
        guard status.startTime == time else {
            throw NotProven(
                "process \(id) is another one now: it began at \(status.startTime), the container's at \(time)")
        }
    }
}

/// The process is in the control group that the engine made for the container.
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

/// The process is the child of another, whom its own command line shows to be the engine's part that watches over that
/// container, and who runs as a user: nobody else can start a child of that one.
func child(ofUser user: UInt32, _ what: String, where isMeant: @escaping @Sendable (ProcessArguments) -> Bool)
    -> ProcessProof
{
    { (id, status) throws(NotProven) in
        let parent = try proving { () throws(SystemError) in try ProcessArguments(of: status.parent) } ?? nil
        // The parent's number is the parent's as long as the child names it: read again after what it led to.
        let now = try proving { () throws(SystemError) in try ProcessStatus(of: id) }
        guard let parent, isMeant(parent), now?.parent == status.parent else {
            throw NotProven("process \(id) is no child of \(what)")
        }
        guard parent.user == user else {
            throw NotProven("\(what) is process \(parent.id) of user \(parent.user), and so proves nothing")
        }
    }
}

/// With what a process was started, and as whom it runs.
struct ProcessArguments: Sendable {
    let id: Int32
    let arguments: [String]
    let user: UInt32

    /// Nil: it has gone, or has no command line.
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

    /// The program's name, without folders.
    var program: Substring { arguments[0].split(separator: "/").last ?? "" }

    /// The value after an option: `-n web`, `-nweb`, `--machine web`, `--machine=web`.
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
