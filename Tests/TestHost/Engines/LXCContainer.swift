internal import LinuxSystem
internal import SystemPackage

/// A container of LXC's.
final class LXCContainer: EngineContainer {
    /// Where LXC keeps the containers of the throw-away host.
    static let path = LXCHost.path

    let id: Int32
    private let name: String
    private let running: LXCHost.Running

    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        let maps = ["u", "g"].map { "lxc.idmap = \($0) 0 100000 65536" }.joined(separator: "\n")
        try LXCHost.configure(name, LXCHost.config(root: root.path) + (userNamespace ? maps + "\n" : ""))
        running = try LXCHost.start(name)
        let text = try TestHost.sh("lxc-info -P \(Self.path) -n \(name) -pH")
        id = Int32(text.filter(\.isNumber)) ?? 0
    }

    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["lxc-attach", "-P", Self.path, "-n", name, "--"] + command)
    }

    /// By way of its monitor, which has a new program for that.
    func change() throws {
        try TestHost.sh("lxc-cgroup -P \(Self.path) -n \(name) devices.allow 'c 1:5 r'")
    }

    func stop() { running.stop() }
}
