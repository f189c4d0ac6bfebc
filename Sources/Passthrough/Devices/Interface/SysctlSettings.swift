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

    private static func value(of name: String, in directory: borrowing Directory) throws(SystemError) -> String? {
        do throws(SystemError) {
            return try ifThere { () throws(SystemError) in try directory.line(name) }
        } catch {
            // As long as there is none.
            guard error.code == .ioError, name == "stable_secret" else { throw error }
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
