internal import Glibc
internal import LinuxSystem
public import SystemPackage

/// A container of systemd-nspawn's, which nobody has registered. It filters no devices itself: that is done by systemd
/// for the unit that it runs in, whose control group is ``unit``.
public final class NspawnContainer: EngineContainer {
    /// Its init process, as the host numbers it.
    public let id: Int32
    /// The directories of the groups that stand for its unit, one for each hierarchy that filters devices.
    public let unit: FilePath
    private let nspawn: RunningCommand
    private let hierarchies: [FilePath]
    private let slice: String

    init(_ name: String, _ root: BusyboxRoot, _ userNamespace: Bool, _ layout: ControlGroupLayout) throws {
        slice = "\(name).slice"
        let group = "\(slice)/\(name).service"
        let hierarchies: [FilePath] =
            layout == .unified
            ? ["/sys/fs/cgroup"] : ["/sys/fs/cgroup/unified", "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/devices"]
        self.hierarchies = hierarchies
        // Where both are there, the last one filters.
        unit = FilePath("\(hierarchies[hierarchies.count - 1])/\(group)")
        let join = hierarchies.map { "mkdir -p \($0)/\(group); echo $$ > \($0)/\(group)/cgroup.procs\n" as String }
            .joined()
        let user = userNamespace ? "--private-users=100000:65536" : ""
        nspawn = try RunningCommand([
            "sh", "-ec",
            """
            \(join)
            # Told what it would find out from the systemd in the container: else it makes groups in version 1's as well.
            \(layout == .unified ? "export SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1" : "")
            exec systemd-nspawn -q -D \(root.path) -M \(name) --register=no --keep-unit --private-network \(user) \
                --console=pipe /bin/sleep 1000000
            """,
        ])
        let search =
            "for id in $(cat /proc/\(nspawn.id)/task/*/children); do grep -qs sleep /proc/$id/comm && echo $id; done"
        let ended = "grep -q '^State:.Z' /proc/\(nspawn.id)/status"
        try until("\(ended) || [ -n \"$(\(search))\" ]")
        guard let id = Int32(try TestHost.sh("{ \(search); } || true").filter(\.isNumber)) else {
            throw CommandFailed(result: try nspawn.wait())
        }
        self.id = id
    }

    /// It has no program that runs another one inside: its namespaces and its groups are joined.
    public func run(_ command: [String]) throws -> CommandResult {
        try runInside(id, command, joining: hierarchies)
    }

    /// Ends it, and removes the groups of its unit.
    public func stop() {
        kill(id, SIGKILL)
        _ = try? nspawn.wait()
        for hierarchy in hierarchies {
            _ = try? TestHost.run([
                "sh", "-c",
                "for n in $(seq 200); do find \(hierarchy)/\(slice) -depth -type d -exec rmdir {} +; [ -e \(hierarchy)/\(slice) ] || break; sleep 0.02; done",
            ])
        }
    }

    deinit { stop() }
}
