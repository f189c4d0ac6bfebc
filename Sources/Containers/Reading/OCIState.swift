internal import LinuxSystem
internal import SystemPackage

/// What an OCI runtime keeps of a container in its state folder, `ROOT/ID`: runc and youki in `state.json`, crun in `status`.
struct OCIState: Sendable {
    /// The folder's name.
    let id: String
    /// The init process, as the runtime noted it.
    let process: Int32
    /// That the process is that container's.
    let proof: ProcessProof
    private let bytes: [UInt8]

    /// Reads a state folder. Nil: there is none of that name.
    ///
    /// runc's state has tens of kilobytes and begins with what is needed: nothing is read behind that.
    ///
    /// - Throws: `engine` when it cannot be read; `noSuchContainer` when it belongs to somebody who could have written
    ///   anything into it.
    init?(_ folder: FilePath) throws(ContainerError) {
        guard let (file, bytes) = try Self.read(folder) else { return nil }
        var process: Int32?
        // runc's, crun's. In clock ticks after boot, as in /proc/PID/stat.
        var start: UInt64 = 0
        var group: String?
        var members = JSONMembers(bytes[...])
        // What has stopped needs no proof.
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
        id = folder.lastComponent?.string ?? ""
        self.process = process
        self.bytes = bytes
        if start == 0, group == nil { group = try Self.youkiGroup(folder) }
        if start > 0 {
            proof = started(at: start)
        } else if let group, group.count > 1 {
            // youki notes no time, nor did crun before 0.18.
            proof = inControlGroup(group)
        } else {
            proof = { (id, _) throws(NotProven) in
                throw NotProven(
                    "\(file) has neither a start time nor a control group that prove process \(id) to be its own")
            }
        }
    }

    /// All that the runtime keeps.
    var document: JSON? { JSON(bytes) }

    private static func read(_ folder: FilePath) throws(ContainerError) -> (file: FilePath, bytes: [UInt8])? {
        for name in ["state.json", "status"] {
            let file = folder.appending(name)
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

    private static func youkiGroup(_ folder: FilePath) throws(ContainerError) -> String? {
        let bytes = try engineState { () throws(SystemError) in try readBytes(folder.appending("youki_config.json")) }
        return bytes.flatMap(JSON.init)?["cgroup_path"]?.string
    }
}
