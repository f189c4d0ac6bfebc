internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

// How the kernel spreads an interface's packets over queues and processors, and how long it gathers them: Linux,
// Documentation/ABI/testing/sysfs-class-net and sysfs-class-net-queues.
extension SysctlSettings {
    /// Stands for the interface's directory in sysfs.
    static let sysfs = "sys"

    /// The interface's directory in sysfs. Nil where that does not show it: it is mounted for one network namespace, which may be
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
