internal import LinuxSystem
internal import SystemPackage

/// A container of runc or crun, from a bundle.
final class OCIContainer: EngineContainer {
    let id: Int32
    private let name: String
    private let runtime: [String]
    private let layout: ControlGroupLayout

    init(
        _ engine: Engine, _ name: String, _ root: BusyboxRoot, _ userNamespace: Bool, _ layout: ControlGroupLayout
    ) throws {
        self.name = name
        self.layout = layout
        runtime = engine == .crun && layout == .unified ? try LimitKeeper.prefix() + ["crun"] : [engine.rawValue]
        let bundle = "/run/hostdev-bundles/\(name)"
        // Standard input is a file: crun gives what it is to the container's root, and that must not be /dev/null.
        try TestHost.sh(
            """
            mkdir -p \(bundle) && cd \(bundle)
            cat > config.json <<'END'
            \(Self.configuration(name, root.path, userNamespace))
            END
            : > input
            \(runtime.joined(separator: " ")) run --detach --pid-file pid \(name) < input > output 2>&1 \
                || { cat output >&2; exit 1; }
            """)
        id = Int32(try readText(FilePath("\(bundle)/pid")).filter(\.isNumber)) ?? 0
    }

    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(runtime + ["exec", name] + command)
    }

    func stop() {
        _ = try? TestHost.run(runtime + ["delete", "--force", name])
    }

    /// No limits: of cgroup2's controllers a host that has both versions may have none. There devices are written again,
    /// which in version 1 takes away whatever others have allowed.
    func change() throws {
        let resources = layout == .unified ? #"{"devices": [{"allow": false, "access": "rwm"}]}"# : "{}"
        try TestHost.sh("echo '\(resources)' | \(runtime.joined(separator: " ")) update --resources - \(name)")
    }

    deinit { stop() }

    /// What the runtime is told.
    static func configuration(_ name: String, _ root: String, _ userNamespace: Bool) -> String {
        let capabilities = #"["CAP_MKNOD", "CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_FOWNER", "CAP_NET_ADMIN"]"#
        let map = #"[{"containerID": 0, "hostID": 100000, "size": 65536}]"#
        return """
            {
              "ociVersion": "1.0.2",
              "process": {
                "user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["/bin/sleep", "1000000"], "env": ["PATH=/bin"],
                "capabilities": {
                  "bounding": \(capabilities), "effective": \(capabilities), "permitted": \(capabilities)
                }
              },
              "root": {"path": "\(root)"}, "hostname": "container",
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]}
              ],
              "linux": {
                "cgroupsPath": "/\(name)",
                "resources": {"devices": [{"allow": false, "access": "rwm"}]},
                \(userNamespace ? "\"uidMappings\": \(map), \"gidMappings\": \(map)," : "")
                "namespaces": [
                  {"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}
                  \(userNamespace ? #", {"type": "user"}"# : "")
                ]
              }
            }
            """
    }
}
