internal import ByteStrings
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The settings of an interface that the kernel keeps in files: below `/proc/sys/net`, where a move resets them, and in
/// sysfs, where it does not.
///
/// The files are those of the calling thread's network namespace, and are found by the interface's name.
struct SysctlSettings {
    let link: Link

    init(of link: Link) {
        self.link = link
    }

    func path(of directory: String) -> FilePath {
        let directories = directory == Self.sysfs ? "/sys/class/net" : "/proc/sys/net/\(directory)"
        return FilePath(ByteString("\(directories)/\(link.name)"))
    }

    /// All settings that rtnetlink does not say, as far as they can be read.
    func read() throws -> [InterfaceChange.Setting] { try readSysctl() + readSysfs() }

    private func readSysctl() throws -> [InterfaceChange.Setting] {
        try Self.names.get().flatMap { place, names -> [InterfaceChange.Setting] in
            // Without IPv6, which needs an MTU of 1280, there is no directory.
            guard let directory = try ifThere({ () throws(SystemError) in try Directory(path(of: place)) }) else {
                return []
            }
            var settings: [InterfaceChange.Setting] = []
            for name in names {
                guard let value = try Self.value(of: name, in: directory) else { continue }
                settings.append(InterfaceChange.Setting(directory: place, name: name, value: value))
            }
            return settings
        }
    }

    /// The files of each directory: the kernel has the same for all interfaces, and `lo` is in every namespace.
    private static let names = Result {
        try ["ipv4/neigh", "ipv6/neigh", "ipv6/conf"].map { directory in
            let place = FilePath("/proc/sys/net/\(directory)/lo")
            let names = try ifThere { () throws(SystemError) in try directoryEntries(place) } ?? []
            return (directory: directory, names: names.filter { !isSaidElsewhere($0, in: directory) })
        }
    }

    /// Returns nil for a file that is not there, and for `stable_secret` as long as there is none: the kernel answers EIO then. A
    /// second question tells that from a failure.
    private static func value(of name: String, in directory: borrowing Directory) throws(SystemError) -> String? {
        func value() throws(SystemError) -> String? {
            try ifThere { () throws(SystemError) in try directory.line(name) }
        }
        func isUnset(_ error: SystemError) -> Bool { error.code == .ioError && name == "stable_secret" }
        do throws(SystemError) {
            return try value()
        } catch {
            guard isUnset(error) else { throw error }
        }
        do throws(SystemError) {
            return try value()
        } catch {
            guard isUnset(error) else { throw error }
            return nil
        }
    }

    private static func isSaidElsewhere(_ name: String, in directory: String) -> Bool {
        directory == "ipv6/conf" ? said.contains(name) : coarse.contains(name)
    }

    private static let said = IPv6Setting.files.union(["addr_gen_mode", "mc_forwarding"])
    // The same as others, in a coarser unit.
    private static let coarse: Set<String> = ["base_reachable_time", "retrans_time", "unres_qlen"]

    /// Writes a setting, unless it is as it should be.
    func restore(_ setting: InterfaceChange.Setting) throws(SystemError) {
        guard try isReachable(setting) else { return }
        let place = path(of: setting.directory)
        // What cannot be read is written, and that fails or sets it right.
        let now = try? Directory(place).line(setting.name)
        guard now != setting.value else { return }
        try writeControl(place.appending(setting.name), setting.value)
    }
}

extension IPv6Setting {
    /// The setting as a file.
    var setting: InterfaceChange.Setting? {
        file.map { InterfaceChange.Setting(directory: "ipv6/conf", name: $0, value: text) }
    }
}

// How the kernel spreads an interface's packets over queues and processors, and how long it gathers them: Linux,
// Documentation/ABI/testing/sysfs-class-net and sysfs-class-net-queues.
extension SysctlSettings {
    /// Stands for the interface's directory in sysfs.
    static let sysfs = "sys"

    /// Opens the interface's directory in sysfs. Returns nil if sysfs does not show it: it is mounted for one network namespace, which may be
    /// another one's.
    private func sysfsDirectory() throws(SystemError) -> Directory? {
        let path = path(of: Self.sysfs)
        guard let directory = try ifThere({ () throws(SystemError) in try Directory(path) }) else { return nil }
        let address = link.hardwareAddress.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        guard try directory.line("ifindex") == "\(link.index)",
            try directory.line("address") == address.joined(separator: ":")
        else { return nil }
        return directory
    }

    /// Whether a setting can be written: one in sysfs where that shows the interface.
    func isReachable(_ setting: InterfaceChange.Setting) throws(SystemError) -> Bool {
        guard setting.directory == Self.sysfs else { return true }
        return try sysfsDirectory() != nil
    }

    func readSysfs() throws -> [InterfaceChange.Setting] {
        guard let directory = try sysfsDirectory() else { return [] }
        let place = path(of: Self.sysfs).appending("queues")
        let queues = try ifThere { () throws(SystemError) in
            try directoryEntries(place)
        }
        let files = (queues ?? []).flatMap { queue in
            (queue.hasPrefix("rx-") ? Self.receiveFiles : Self.transmitFiles).map { "queues/\(queue)/\($0)" }
        }
        var settings: [InterfaceChange.Setting] = []
        for name in Self.ownFiles + files {
            do throws(SystemError) {
                let value = try directory.line(name)
                settings.append(InterfaceChange.Setting(directory: Self.sysfs, name: name, value: value))
            } catch {
                // What an interface, or a kernel, does not have is not there or cannot be read.
                guard [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory].contains(error.code) else { continue }
                throw error
            }
        }
        return settings
    }

    private static let ownFiles = ["threaded", "gro_flush_timeout", "napi_defer_hard_irqs"]
    private static let receiveFiles = ["rps_cpus", "rps_flow_cnt"]
    private static let transmitFiles = [
        "xps_cpus", "xps_rxqs", "tx_maxrate", "byte_queue_limits/hold_time", "byte_queue_limits/limit_max",
        "byte_queue_limits/limit_min",
    ]
}
