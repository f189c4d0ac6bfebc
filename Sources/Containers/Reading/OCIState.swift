internal import LinuxSystem
internal import SystemPackage

/// The state that an OCI runtime keeps of a container in `ROOT/ID`: runc and youki in `state.json`, crun in `status`.
struct OCIState: Sendable {
    /// The id, which is the name of the directory.
    let id: String
    /// The process id of the init process.
    let process: Int32
    /// Proves that the process is the container's.
    let proof: ProcessProof
    private let bytes: [UInt8]

    /// Reads a state directory. Returns nil when there is none. Of runc's state, which has tens of kilobytes, only the
    /// beginning is parsed.
    ///
    /// - Throws: `engine` when it cannot be read; `noSuchContainer` when it belongs to another user than root, who could have
    ///   written anything into it.
    init?(_ directory: FilePath) throws(ContainerError) {
        guard let (file, bytes) = try Self.read(directory) else { return nil }
        var process: Int32?
        // Of runc and crun: in clock ticks after boot, as in /proc/PID/stat.
        var start: UInt64 = 0
        var group: String?
        var members = JSONMembers(bytes[...])
        // A stopped container needs no proof.
        while process == nil || (start == 0 && process != 0) {
            guard let (name, value) = members.next() else {
                guard members.isComplete else { throw ContainerError(.engine, "\(file) is no JSON document") }
                break
            }
            switch name {
            case "init_process_pid", "pid": process = value.integer()
            case "init_process_start", "process-start-time": start = value.integer() ?? 0
            case "cgroup-path": group = value.string
            default: continue
            }
        }
        guard let process else { throw ContainerError(.engine, "\(file) names no process") }
        id = directory.lastComponent?.string ?? ""
        self.process = process
        self.bytes = bytes
        if start == 0, group == nil { group = try Self.youkiGroup(directory) }
        if start > 0 {
            proof = started(at: start)
        } else if let group, group.count > 1 {
            // youki records no time, nor did crun before 0.18.
            proof = inControlGroup(group)
        } else {
            proof = { (id, _) throws(NotProven) in
                throw NotProven(
                    "\(file) has neither a start time nor a control group that prove process \(id) to be its own")
            }
        }
    }

    /// The whole state. Nil when it is not JSON.
    var document: JSON? { JSON(bytes) }

    private static func read(_ directory: FilePath) throws(ContainerError) -> (file: FilePath, bytes: [UInt8])? {
        for name in ["state.json", "status"] {
            let file = directory.appending(name)
            let found: (owner: UInt32, bytes: [UInt8])
            do throws(SystemError) {
                found = (try FileStatus.of(file).user, try readBytes(file))
            } catch {
                if error.code == .noSuchFileOrDirectory || error.code == .notDirectory { continue }
                throw ContainerError(.engine, "\(error)")
            }
            guard found.owner == 0 else {
                throw ContainerError(
                    .noSuchContainer,
                    "\(file) belongs to user \(found.owner), and so proves nothing: name the process, as in pid:4242")
            }
            return (file, found.bytes)
        }
        return nil
    }

    private static func youkiGroup(_ directory: FilePath) throws(ContainerError) -> String? {
        let bytes = try engineState { () throws(SystemError) in try readBytes(directory.appending("youki_config.json"))
        }
        return bytes.flatMap(JSON.init)?["cgroup_path"]?.string
    }
}
