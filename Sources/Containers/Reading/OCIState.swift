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
    /// All of it.
    let document: JSON

    /// Reads a state folder. Nil: there is none of that name.
    ///
    /// - Throws: `engine` when it cannot be read; `noSuchContainer` when it belongs to somebody who could have written
    ///   anything into it.
    init?(_ folder: FilePath) throws(ContainerError) {
        guard let (file, bytes) = try Self.read(folder) else { return nil }
        guard let document = JSON(bytes) else { throw ContainerError(.engine, "\(file) is no JSON document") }
        guard let process = (document["init_process_pid"] ?? document["pid"])?.integer(Int32.self) else {
            throw ContainerError(.engine, "\(file) names no process")
        }
        id = folder.lastComponent?.string ?? ""
        self.process = process
        self.document = document
        // runc's, crun's. In clock ticks after boot, as in /proc/PID/stat.
        let start = (document["init_process_start"] ?? document["process-start-time"])?.integer(UInt64.self) ?? 0
        if start > 0 {
            proof = started(at: start)
        } else if let group = document["cgroup-path"]?.string ?? Self.youkiGroup(folder), group.count > 1 {
            // youki notes no time, nor did crun before 0.18.
            proof = inControlGroup(group)
        } else {
            proof = { (id, _) throws(NotProven) in
                throw NotProven(
                    "\(file) has neither a start time nor a control group that prove process \(id) to be its own")
            }
        }
    }

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

    private static func youkiGroup(_ folder: FilePath) -> String? {
        (try? readBytes(folder.appending("youki_config.json"))).flatMap(JSON.init)?["cgroup_path"]?.string
    }
}
