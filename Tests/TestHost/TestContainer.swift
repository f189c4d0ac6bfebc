internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// A container made of nothing but the kernel: an init process in namespaces of its own, whose root is a tmpfs with the
/// host's programs and a `/dev` of its own. It ends with the thread that starts it.
public final class TestContainer: Sendable {
    /// What may differ between containers.
    public struct Options: Sendable {
        /// User and group ids 0… inside are 100000… outside.
        public var userNamespace = false
        /// Directories of control groups that its processes join.
        public var groups: [FilePath] = []
        /// It has the host's network.
        public var hasHostNetwork = false
        /// Its `/dev` is the host's own, as with OpenVZ on a kernel that is not OpenVZ's.
        public var hasHostDevices = false

        /// A container with a root that is the host's root.
        public init(
            userNamespace: Bool = false, groups: [FilePath] = [], hasHostDevices: Bool = false,
            hasHostNetwork: Bool = false
        ) {
            self.userNamespace = userNamespace
            self.groups = groups
            self.hasHostDevices = hasHostDevices
            self.hasHostNetwork = hasHostNetwork
        }
    }

    /// The init process, as the host numbers it.
    public let id: Int32
    private let process: RunningCommand

    /// Starts one and waits until its root is in place.
    public init(_ options: Options = Options()) throws {
        let join = options.groups.map { "echo $$ > '\($0)/cgroup.procs'\n" }.joined()
        let kinds = (options.hasHostNetwork ? "" : "--net ") + "--mount --pid --ipc --uts --fork --kill-child"
        let user = options.userNamespace ? "--user --keep-caps" : ""
        // A process becomes root of its user namespace only when the maps are there, which its parent's side writes. With its
        // ids it loses the signal that ends it with its parent: prctl(2), PR_SET_PDEATHSIG.
        let root = options.userNamespace ? "setpriv --reuid 0 --regid 0 --clear-groups --pdeathsig KILL" : ""
        let mapped = options.userNamespace ? "until grep -q 65536 /proc/self/uid_map; do sleep 0.01; done" : ":"
        process = try RunningCommand([
            "sh", "-ec",
            "\(join) exec unshare \(user) \(kinds) --propagation private sh -ec '\(mapped); exec \(root) sh -ec \"$0\"' \"$0\"",
            Self.setUp(devices: options.hasHostDevices ? "mount --rbind /dev dev" : Self.ownDevices),
        ])
        var id: Int32?
        for _ in 0..<12_000 where id == nil || !process.outputSoFar.contains("ready") {
            usleep(5_000)
            guard id == nil, let child = try? Self.onlyChild(of: process.id) else { continue }
            id = child
            if options.userNamespace {
                for map in ["gid_map", "uid_map"] { try TestHost.sh("echo 0 100000 65536 > /proc/\(child)/\(map)") }
            }
        }
        guard process.outputSoFar.contains("ready"), let id else {
            process.end()
            throw CommandFailed(result: try process.wait())
        }
        self.id = id
    }

    private static func onlyChild(of id: Int32) throws -> Int32? {
        try readText(FilePath("/proc/\(id)/task/\(id)/children")).split(separator: " ").first.flatMap { Int32($0) }
    }

    private static let ownDevices = """
        mount -t tmpfs -o mode=755 tmpfs dev
        touch dev/null
        mount --bind /dev/null dev/null
        """

    private static func setUp(devices: String) -> String {
        """
        mount -t tmpfs -o mode=755 tmpfs /mnt
        cd /mnt
        mkdir -p bin sbin usr lib lib64 etc proc sys dev tmp run old
        for d in bin sbin usr lib lib64 etc; do [ -e /$d ] && mount --rbind /$d $d; done
        \(devices)
        mount -t proc proc proc
        pivot_root . old
        umount -l old
        cd /
        ip link set lo up
        hostname container
        echo ready
        exec sleep infinity
        """
    }

    /// The reference under which hostdev finds it.
    public var reference: String { "pid:\(id)" }

    /// Runs a program inside, in all of its namespaces and with its root.
    public func run(_ command: [String], environment: [String: String] = [:]) throws -> CommandResult {
        try TestHost.run(["nsenter", "--target", "\(id)", "--all"] + command, environment: environment)
    }

    /// Runs a shell script that must work inside, and returns its standard output.
    @discardableResult
    public func sh(_ script: String) throws -> String {
        let result = try run(["sh", "-ec", script])
        guard result.status == 0 else { throw CommandFailed(result: result) }
        return result.output
    }

    /// Kills its init process and with it the container, and waits for its end.
    public func end() {
        kill(id, SIGKILL)
        _ = try? process.wait()
    }
}
