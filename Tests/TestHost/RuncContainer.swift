internal import Glibc
internal import LinuxSystem
internal import Synchronization
internal import SystemPackage

/// A container of runc's, with the device filter that runc gives every container: a program on cgroup2, the `devices`
/// hierarchy on version 1.
public final class RuncContainer: Sendable {
    /// Its init process, as the host numbers it.
    public let id: Int32
    private let name: String
    private let hasEnded = Mutex(false)

    /// Starts one. Its root is a tmpfs with the host's programs.
    public init(_ name: String) throws {
        let full = "hostdev-test-\(getpid())-\(name)"
        try TestHost.sh(
            """
            mkdir -p /run/runc-\(name)/root && cd /run/runc-\(name)
            mkdir -p root/bin root/sbin root/usr root/lib root/lib64 root/etc root/dev root/proc root/sys root/tmp
            cat > config.json <<'END'
            \(Self.configuration(full))
            END
            runc run --detach --pid-file pid \(full) < /dev/null > output 2>&1 || { cat output >&2; exit 1; }
            """)
        let text = try readText(FilePath("/run/runc-\(name)/pid"))
        guard let id = Int32(text) else { throw CommandFailed(result: try TestHost.run(["runc", "list"])) }
        self.id = id
        self.name = full
    }

    /// The reference under which hostdev finds it.
    public var reference: String { "pid:\(id)" }

    /// Runs a program inside, in its control group.
    public func run(_ command: [String]) throws -> CommandResult {
        try TestHost.run(["runc", "exec", name] + command)
    }

    /// Runs a shell script that must work inside, and returns its standard output.
    @discardableResult
    public func sh(_ script: String) throws -> String {
        let result = try run(["sh", "-ec", script])
        guard result.status == 0 else { throw CommandFailed(result: result) }
        return result.output
    }

    /// Runs a shell script in its mount namespace, but not in its control group: quicker, where only files matter.
    public func look(_ script: String) throws -> String {
        let result = try TestHost.run([
            "nsenter", "--target", "\(id)", "--mount", "--root", "--wd", "sh", "-ec", script,
        ])
        guard result.status == 0 else { throw CommandFailed(result: result) }
        return result.output
    }

    /// Ends it, once: another one may have its name afterwards.
    public func end() {
        guard !isEnded() else { return }
        _ = try? TestHost.run(["runc", "delete", "--force", name])
    }

    /// Whether it was ended before.
    private func isEnded() -> Bool {
        hasEnded.withLock { hasEnded in
            defer { hasEnded = true }
            return hasEnded
        }
    }

    deinit { end() }

    private static func configuration(_ name: String) -> String {
        let binds = ["bin", "sbin", "usr", "lib", "lib64", "etc"].map {
            #"{"destination": "/\#($0)", "source": "/\#($0)", "type": "bind", "options": ["rbind", "ro"]}"#
        }
        return """
            {
              "ociVersion": "1.0.2",
              "process": {
                "user": {"uid": 0, "gid": 0}, "cwd": "/", "args": ["sleep", "infinity"],
                "env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],
                "capabilities": {
                  "bounding": ["CAP_MKNOD", "CAP_SYS_RAWIO", "CAP_DAC_OVERRIDE"], "effective": ["CAP_MKNOD", "CAP_SYS_RAWIO", "CAP_DAC_OVERRIDE"],
                  "permitted": ["CAP_MKNOD", "CAP_SYS_RAWIO", "CAP_DAC_OVERRIDE"]
                }
              },
              "root": {"path": "root"}, "hostname": "container",
              "mounts": [
                {"destination": "/proc", "type": "proc", "source": "proc"},
                {"destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["mode=755"]},
                {"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
                \(binds.joined(separator: ",\n"))
              ],
              "linux": {
                "cgroupsPath": "/\(name)",
                "resources": {"devices": [{"allow": false, "access": "rwm"}]},
                "namespaces": [{"type": "pid"}, {"type": "network"}, {"type": "ipc"}, {"type": "uts"}, {"type": "mount"}]
              }
            }
            """
    }
}
