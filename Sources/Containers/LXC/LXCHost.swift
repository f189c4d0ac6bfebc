internal import LinuxSystem
internal import SystemPackage

/// What LXC takes on this host for rules of devices: each version of control groups has a key of its own, and LXC 7 refuses
/// that of version 1, so that no container with it starts, nor any other command of LXC's works with it.
public struct LXCHost: Hashable, Sendable {
    /// LXC's version, `5.0.2`. Nil: there is no `lxc-start` on PATH, or it does not say.
    public let version: String?
    private let hasVersion1: Bool
    private let hasVersion2: Bool

    /// LXC's version from `lxc-start --version`, and the versions of control groups from what is mounted. Where nothing is,
    /// the kernel says which hierarchies it has.
    public init() throws(ContainerError) {
        let version = (try? runProgram("lxc-start", ["--version"])).flatMap { end in
            end.status == 0 ? end.output.split(whereSeparator: \.isWhitespace).first.map(String.init) : nil
        }
        do throws(SystemError) {
            let table = try MountTable.current()
            let groups = table.mounts.filter { $0.type.hasPrefix("cgroup") && table.isVisible($0) }
            if groups.isEmpty {
                let hierarchies = try readText("/proc/thread-self/cgroup").split(separator: "\n").map {
                    $0.split(separator: ":", omittingEmptySubsequences: false)
                }
                self.init(
                    version: version,
                    hasVersion1: hierarchies.contains {
                        $0.dropFirst().first?.split(separator: ",").contains("devices") == true
                    },
                    hasVersion2: hierarchies.contains { $0.first == "0" })
            } else {
                self.init(
                    version: version,
                    hasVersion1: groups.contains {
                        $0.type == "cgroup" && $0.options.split(separator: ",").contains("devices")
                    }, hasVersion2: groups.contains { $0.type == "cgroup2" })
            }
        } catch {
            throw ContainerError(LXCConfiguredContainer.engine, error)
        }
    }

    init(version: String?, hasVersion1: Bool, hasVersion2: Bool) {
        self.version = version
        self.hasVersion1 = hasVersion1
        self.hasVersion2 = hasVersion2
    }

    /// Whether LXC is known to refuse every key that begins with `lxc.cgroup.`.
    public var refusesVersion1: Bool {
        version.flatMap { $0.split(separator: ".").first }.flatMap { UInt32($0) }.map { $0 >= 7 } ?? false
    }

    /// The keys of rules that have an effect here: at least one.
    public var ruleKeys: [String] {
        let isFirst = hasVersion1 && !refusesVersion1
        return (isFirst ? [LXCConfig.deviceRules[0]] : []) + (hasVersion2 || !isFirst ? [LXCConfig.deviceRules[1]] : [])
    }
}
