internal import ByteStrings
internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The settings of an interface that the kernel keeps in files: below `/proc/sys/net`, where a move resets them, and in
/// sysfs, where it does not.
///
/// The files are those of the calling thread's network namespace, and are found by the interface's name.
struct SettingFiles {
    let link: Link

    init(of link: Link) {
        self.link = link
    }

    func folder(_ folder: String) -> FilePath {
        let folders = folder == Self.sysfs ? "/sys/class/net" : "/proc/sys/net/\(folder)"
        return FilePath(ByteString("\(folders)/\(link.name)"))
    }

    /// All settings that rtnetlink does not say, as far as they can be read.
    func read() throws -> [InterfaceChange.Setting] { try readSysctl() + readSysfs() }

    private func readSysctl() throws -> [InterfaceChange.Setting] {
        try Self.names.get().flatMap { folder, names -> [InterfaceChange.Setting] in
            // Without IPv6, which needs an MTU of 1280, there is no folder.
            guard let directory = try ifThere({ () throws(SystemError) in try Directory(self.folder(folder)) }) else {
                return []
            }
            var settings: [InterfaceChange.Setting] = []
            for name in names {
                guard let value = try Self.value(of: name, in: directory) else { continue }
                settings.append(InterfaceChange.Setting(folder: folder, name: name, value: value))
            }
            return settings
        }
    }

    /// The files of each folder: the kernel has the same for all interfaces, and `lo` is in every namespace.
    private static let names = Result {
        try ["ipv4/neigh", "ipv6/neigh", "ipv6/conf"].map { folder in
            let place = FilePath("/proc/sys/net/\(folder)/lo")
            let names = try ifThere { () throws(SystemError) in try directoryEntries(place) } ?? []
            return (folder: folder, names: names.filter { !isSaidElsewhere($0, in: folder) })
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

    private static func isSaidElsewhere(_ name: String, in folder: String) -> Bool {
        folder == "ipv6/conf" ? said.contains(name) : coarse.contains(name)
    }

    private static let said = IPv6Setting.files.union(["addr_gen_mode", "mc_forwarding"])
    // The same as others, in a coarser unit.
    private static let coarse: Set<String> = ["base_reachable_time", "retrans_time", "unres_qlen"]

    /// Writes a setting, unless it is as it should be.
    func restore(_ setting: InterfaceChange.Setting) throws(SystemError) {
        guard try isReachable(setting) else { return }
        let path = folder(setting.folder).appending(setting.name)
        // What cannot be read is written, and that fails or sets it right.
        let now = try? Directory(folder(setting.folder)).line(setting.name)
        guard now != setting.value else { return }
        try writeControl(path, setting.value)
    }
}

extension IPv6Setting {
    /// The setting as a file.
    var setting: InterfaceChange.Setting? {
        file.map { InterfaceChange.Setting(folder: "ipv6/conf", name: $0, value: text) }
    }
}
