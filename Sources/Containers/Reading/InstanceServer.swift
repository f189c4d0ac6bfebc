internal import LinuxSystem
internal import SystemPackage

/// The REST API of LXD and of Incus, over HTTP on a unix socket. They differ in the socket's path.
///
/// Both use LXC, whose monitor is the parent of the init process and has the container's name in its title.
struct InstanceServer: ProcessEngine {
    let name: String
    let abilities = EngineAbilities()
    private let variables: (socket: String, directory: String)
    private let defaultSockets: [FilePath]

    /// A server whose socket is named by one of two variables of the environment, or else is at one of some default paths.
    init(_ name: String, socket: String, directory: String, else defaults: [FilePath]) {
        self.name = name
        variables = (socket, directory)
        defaultSockets = defaults
    }

    /// The possible paths of the socket. The first that exists is used.
    private var sockets: [FilePath] {
        if let path = environmentVariable(variables.socket) { return [FilePath(path)] }
        return environmentVariable(variables.directory).map { [FilePath($0).appending("unix.socket")] }
            ?? defaultSockets
    }

    /// Returns the claim about the container with a name: `web`, or `PROJECT/web`.
    func claim(_ reference: String) throws(ContainerError) -> ContainerClaim {
        let parts = reference.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, parts.allSatisfy(Self.isPlain), let instance = parts.last else {
            throw none(reference, "'\(reference)' is neither an instance nor PROJECT/INSTANCE")
        }
        let project = parts.count == 2 ? parts[0] : "default"
        guard let answer = try get("/1.0/instances/\(instance)/state?project=\(project)") else {
            let reason = none(reference, "no daemon of \(name) runs")
            let title = Self.title(project, instance)
            let isKept = sockets.contains { socket in
                (try? FileStatus.of(socket.removingLastComponent().appending("containers").appending(title))) != nil
            }
            throw isKept ? reason.ofKnown : reason
        }
        guard answer["error_code"]?.integer() != 404 else {
            let others = parts.count == 1 ? (try? instances(named: instance)) ?? [] : []
            let elsewhere = others.map { ", but \(name):\($0)" }.joined()
            throw none(reference, "\(name) has no such instance" + elsewhere)
        }
        guard let state = answer["metadata"], let process = state["pid"]?.integer(Int32.self) else {
            throw ContainerError(
                .engine,
                "container \(name):\(reference): the daemon says \(answer["error"]?.string ?? "nothing of a process")")
        }
        return claim(project, instance, process)
    }

    /// Returns the names of all instances for which a bare name may stand, with the project unless it is the default. None when
    /// no daemon runs.
    private func instances(named instance: String) throws(ContainerError) -> [String] {
        guard Self.isPlain(instance), let answer = try get("/1.0/instances?recursion=1&all-projects=true") else {
            return []
        }
        guard let instances = answer["metadata"]?.elements else {
            throw ContainerError(.engine, "\(name) says \(answer["error"]?.string ?? "nothing of its instances")")
        }
        return instances.filter { $0["name"]?.string == instance && $0["type"]?.string == "container" }
            .map { Self.name($0["project"]?.string ?? "default", instance) }
    }

    func names(for bareName: String) throws(ContainerError) -> [String] {
        let names = try instances(named: bareName)
        return names.isEmpty ? [bareName] : names
    }

    /// Returns the claims about all running containers of all projects.
    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        do throws(ContainerError) {
            guard let answer = try get("/1.0/instances?recursion=2&all-projects=true") else { return ([], []) }
            guard let instances = answer["metadata"]?.elements else {
                throw ContainerError(.engine, "\(name) says \(answer["error"]?.string ?? "nothing of its instances")")
            }
            let claims: [ContainerClaim] = instances.compactMap { instance in
                guard instance["type"]?.string == "container", let name = instance["name"]?.string,
                    let process = instance["state"]?["pid"]?.integer(Int32.self), process > 0
                else { return nil }
                return claim(instance["project"]?.string ?? "default", name, process)
            }
            return (claims, [])
        } catch {
            return ([], [error])
        }
    }

    private func claim(_ project: String, _ instance: String, _ process: Int32) -> ContainerClaim {
        let title = Self.title(project, instance)
        let proof = child(ofUser: 0, "the monitor of \(title)") {
            $0.arguments[0].hasPrefix("[lxc monitor] /") && $0.arguments[0].hasSuffix("/containers \(title)")
        }
        return ContainerClaim(name: Self.name(project, instance), process: process, proof: proof)
    }

    /// Returns the name in references.
    private static func name(_ project: String, _ instance: String) -> String {
        project == "default" ? instance : "\(project)/\(instance)"
    }

    /// Returns the name in the title of the monitor and of the container's directory.
    private static func title(_ project: String, _ instance: String) -> String {
        project == "default" ? instance : "\(project)_\(instance)"
    }

    /// Sends a request and returns the reply, or nil when nobody listens.
    private func get(_ target: String) throws(ContainerError) -> JSON? {
        for path in sockets {
            var user: UInt32 = 0
            var answer: [UInt8] = []
            do throws(SystemError) {
                let socket = try UnixSocket(path: path, timeout: .seconds(2))
                user = try socket.peerUser
                if user == 0 {
                    // With HTTP/1.0 the body is in one piece and ends with the connection.
                    try socket.send(Array("GET \(target) HTTP/1.0\r\nHost: \(name)\r\n\r\n".utf8))
                    answer = try socket.receive(atMost: 64 << 20)
                }
            } catch {
                if error.code == .noSuchFileOrDirectory || error.code == .connectionRefused { continue }
                throw ContainerError(.engine, "\(name) cannot be asked: \(error)")
            }
            guard user == 0 else {
                throw ContainerError(.engine, "\(name) cannot be asked: on \(path) listens user \(user)")
            }
            guard let body = Self.body(answer).flatMap(JSON.init) else {
                throw ContainerError(.engine, "\(name) cannot be understood: what comes from \(path) is no JSON")
            }
            return body
        }
        return nil
    }

    /// Returns what follows the first empty line.
    private static func body(_ answer: [UInt8]) -> [UInt8]? {
        let end = Array("\r\n\r\n".utf8)
        guard answer.starts(with: "HTTP/1.".utf8),
            let index = answer.indices.first(where: { answer[$0...].starts(with: end) })
        else { return nil }
        return Array(answer[(index + end.count)...])
    }

    /// Returns whether a name needs no escapes in a URL. Those of instances and projects contain letters, digits and a few
    /// signs.
    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                let character = Character(Unicode.Scalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || "-_.".contains(character))
            }
    }
}
