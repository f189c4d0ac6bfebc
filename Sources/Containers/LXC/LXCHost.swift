internal import LinuxSystem
internal import SystemPackage

/// The keys of device rules that LXC accepts on this host. Each version of control groups has its own. LXC 7 refuses that of
/// version 1, so that no container with it starts, and no other command of LXC works on it.
public struct LXCHost: Hashable, Sendable {
    /// LXC's version, `5.0.2`. Nil when there is no `lxc-start` on PATH, or it does not report it.
    public let version: String?
    private let hasVersion1: Bool
    private let hasVersion2: Bool

    /// Reads LXC's version from `lxc-start --version`, and the versions of control groups from the mounts or, when none is
    /// mounted, from the kernel's list of hierarchies.
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

    /// Whether LXC refuses every key that begins with `lxc.cgroup.`. False when its version is unknown.
    public var refusesVersion1: Bool {
        version.flatMap { $0.split(separator: ".").first }.flatMap { UInt32($0) }.map { $0 >= 7 } ?? false
    }

    /// The keys of device rules with an effect on this host. At least one.
    public var ruleKeys: [String] {
        let isFirst = hasVersion1 && !refusesVersion1
        return (isFirst ? [LXCConfig.deviceRules[0]] : []) + (hasVersion2 || !isFirst ? [LXCConfig.deviceRules[1]] : [])
    }
}
