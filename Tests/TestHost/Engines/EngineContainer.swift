/// A running container that a real engine has started. Its owner stops it, at the latest when it goes.
public protocol EngineContainer: AnyObject, Sendable {
    /// Its init process, as the host numbers it.
    var id: Int32 { get }

    /// The engine's own id of it, where that is another than its name: 64 hexadecimal digits.
    var fullID: String? { get }

    /// Runs a program inside the way the engine does, in the container's control group.
    func run(_ command: [String]) throws -> CommandResult

    /// Changes something about the running container by the engine's own means, which may then write its devices again.
    func change() throws

    /// Ends it and takes away what the engine made for it.
    func stop()
}

extension EngineContainer {
    /// The reference under which hostdev finds it, whatever the engine.
    public var reference: String { "pid:\(id)" }

    /// An engine that knows names alone.
    public var fullID: String? { nil }

    /// An engine without such means changes nothing.
    public func change() throws {}

    /// Runs a shell script that must work inside, and returns its standard output.
    @discardableResult
    public func sh(_ script: String) throws -> String {
        let result = try run(["/bin/sh", "-ec", script])
        guard result.status == 0 else { throw CommandFailed(result: result) }
        return result.output
    }
}

/// The engines that tests start containers with: those of Debian's packages, as they are.
public enum Engine: String, CaseIterable, Sendable {
    case runc, crun, lxc, nspawn, podman, docker, containerd, libvirt, lxd

    /// What comes before a name in a full reference.
    public var prefix: String {
        switch self {
        case .runc, .crun, .containerd: "oci:"
        case .lxc: "lxc:\(LXCContainer.path)/"
        case .nspawn: "machine:"
        default: "\(rawValue):"
        }
    }

    /// The control groups that it takes where a machine has both versions, and version 1 filters devices.
    public var layout: ControlGroupLayout {
        switch self {
        case .crun, .docker, .libvirt: .version1
        default: .hybrid
        }
    }

    /// Starts a container on the calling thread's throw-away host, with a root of its own of busybox alone.
    ///
    /// - Parameters:
    ///   - name: as the engine calls it. Control groups belong to the machine, so it has to be unique there.
    ///   - userNamespace: whether ids 0… inside are 100000… outside.
    ///   - layout: what the control groups of the host look like; ``ControlGroupLayout/enter()`` has to come before.
    public func start(
        name: String, userNamespace: Bool = false, layout: ControlGroupLayout
    ) throws -> any EngineContainer {
        let root = try BusyboxRoot(name, owner: userNamespace ? 100_000 : 0)
        return switch self {
        case .runc, .crun: try OCIContainer(self, name, root, userNamespace, layout)
        case .lxc: try LXCContainer(name, root, userNamespace)
        case .nspawn: try NspawnContainer(name, root, userNamespace, layout)
        case .podman: try PodmanContainer(name, root, userNamespace)
        case .docker: try DockerContainer(name, root, userNamespace)
        case .containerd: try ContainerdContainer(name, root, userNamespace)
        case .libvirt: try LibvirtContainer(name, root, userNamespace)
        case .lxd: try LXDContainer(name, root, userNamespace)
        }
    }
}
