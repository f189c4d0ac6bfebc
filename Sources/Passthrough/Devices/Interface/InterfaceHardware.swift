internal import LinuxSystem
internal import Netlink
internal import SystemPackage

/// The device on which an interface is (Linux 5.14 says which): it stays on the host when a container has the interface, and
/// takes that along when it goes.
struct InterfaceHardware {
    /// Its name on its bus, `0000:00:03.0`.
    let name: String
    private let bus: FilePath

    /// Returns nil for a virtual interface.
    init?(_ link: Link) {
        guard let bus = link.parentBus, let name = link.parentDevice else { return nil }
        self.name = name
        self.bus = FilePath("/sys/bus").appending(bus).appending("devices")
    }

    /// Its directory in sysfs. Nil when it has left the host.
    var directory: FilePath? {
        get throws(SystemError) {
            try ifThere { () throws(SystemError) in try resolvedPath(bus.appending(name)) }
        }
    }

    /// Why it has no interface now; nil if it may have one, or if that cannot be found out.
    var absence: String? {
        guard Self.isThere(bus) == true else { return nil }
        if Self.isThere(bus.appending(name)) == false { return "its device \(name) has left the host" }
        let driver = bus.appending(name).appending("driver")
        return Self.isThere(driver) == false ? "its device \(name) has no driver" : nil
    }

    private static func isThere(_ path: FilePath) -> Bool? {
        do throws(SystemError) {
            _ = try FileStatus.of(path)
            return true
        } catch {
            return error.code == .noSuchFileOrDirectory ? false : nil
        }
    }
}

/// Where an interface of hardware is that a container was given.
enum InterfacePresence {
    /// In the container, under the number that it had there.
    case here
    /// On the host: its device has left it and come back, or another driver.
    case back(Link)
    /// Nowhere, with its device or its driver.
    case away(String)
}

extension InterfaceSockets {
    /// Where an interface is, as far as its device decides that. Returns nil for a virtual interface, and for one that somebody
    /// moved.
    func presence(of snapshot: InterfaceSnapshot, containerIndex: Int32) throws -> InterfacePresence? {
        guard let hardware = InterfaceHardware(snapshot.link) else { return nil }
        if let link = try inside.link(containerIndex), snapshot.isSameDevice(as: link) { return .here }
        if let link = try host.links().first(where: snapshot.isSameDevice) { return .back(link) }
        return hardware.absence.map(InterfacePresence.away)
    }
}
