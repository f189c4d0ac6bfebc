internal import Glibc
internal import LinuxSystem

/// A container of LXD's, with a daemon of its own on the throw-away host, whose image is made of a root directory.
final class LXDContainer: EngineContainer {
    let id: Int32
    private let name: String
    private let daemon: RunningCommand
    /// Where its client may write.
    private static let environment = ["HOME": "/run/lxd-test"]

    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool) throws {
        self.name = name
        try TestHost.sh(
            """
            mkdir -p /run/lxd-test && cd /run/lxd-test
            for folder in lib log; do mkdir -p /var/$folder/lxd; mount -t tmpfs -o mode=711 tmpfs /var/$folder/lxd; done
            echo root:100000:65536 > ids
            for file in subuid subgid; do mount --bind ids /etc/$file; done
            printf '%s\\n' 'architecture: \(Self.architecture)' 'creation_date: 1' 'properties: {os: busybox}' > metadata.yaml
            cp -a \(root.path) rootfs
            printf '%s\\n' '#!/bin/sh' 'exec /bin/sleep 1000000' > rootfs/sbin/init
            chmod 755 rootfs/sbin/init
            tar -cf image.tar --owner 0 --group 0 metadata.yaml rootfs
            """)
        daemon = try RunningCommand(["lxd", "--group", "root"])
        try TestHost.sh("lxd waitready --timeout 600")
        let made = try TestHost.run(
            [
                "sh", "-ec",
                """
                lxc storage create pool dir
                lxc image import /run/lxd-test/image.tar --alias root
                lxc init root \(name) --storage pool --config security.privileged=\(!userNamespace)
                lxc start \(name)
                # It may take LXD a moment to see that it runs.
                timeout 600 sh -c 'until lxc exec \(name) -- /bin/true 2> /run/lxd-test/error; do sleep 0.1; done'
                """,
            ], environment: Self.environment)
        guard made.status == 0 else {
            daemon.end()
            throw CommandFailed(result: made)
        }
        let state = try TestHost.run(["lxc", "query", "/1.0/instances/\(name)/state"], environment: Self.environment)
        let line = state.output.split(separator: "\n").first { $0.contains(#""pid""#) }
        id = Int32((line ?? "").filter(\.isNumber)) ?? 0
    }

    /// As its kernel calls it, which is as LXD does on most machines.
    private static var architecture: String { (try? TestHost.sh("uname -m"))?.filter { $0 != "\n" } ?? "" }

    func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["lxc", "exec", name, "--"] + command, environment: Self.environment)
    }

    func stop() {
        _ = try? TestHost.run(["lxc", "delete", "--force", name], environment: Self.environment)
        kill(daemon.id, SIGTERM)
        _ = try? daemon.wait()
        _ = try? TestHost.run(["sh", "-c", "rmdir /sys/fs/cgroup/lxc.pivot /sys/fs/cgroup/*/lxc.pivot"])
    }

    deinit { stop() }
}
