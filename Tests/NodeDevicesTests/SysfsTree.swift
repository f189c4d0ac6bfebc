import Glibc
import LinuxSystem
import Synchronization
import SystemPackage

@testable import NodeDevices

/// A folder that looks like sysfs, with a `/dev` beside it: as much of both as a look-up of SCSI units needs. It goes
/// with this value.
final class SysfsTree: Sendable {
    private static let count = Atomic(0)
    private let folder: FilePath

    init() throws {
        folder = FilePath("/tmp/hostdev-sysfs-\(getpid())-\(Self.count.add(1, ordering: .relaxed).newValue)")
        try makeDirectories(dev)
        try makeDirectories(sysfs)
    }

    deinit { _ = unsafe system("rm -r '\(folder)'") }

    var sysfs: FilePath { folder.appending("sys") }
    var dev: FilePath { folder.appending("dev") }
    var units: SCSIUnits { SCSIUnits(sysfs: sysfs, dev: dev) }

    /// A unit as the kernel shows it, with nodes: `scsi_generic/sg3 21:3`, DEVNAME where it is not the name.
    func add(_ address: String, type: Int = 0, wwid: String? = nil, nodes: [String]) throws {
        let numbers = address.split(separator: ":")
        let place = "devices/pci0000:00/0000:00:05.0/host\(numbers[0])/target\(numbers[..<3].joined(separator: ":"))"
        try file("\(place)/\(address)/type", "\(type)")
        try file("\(place)/\(address)/scsi_level", "7")
        // The kernel pads both as INQUIRY does.
        try file("\(place)/\(address)/vendor", "Linux   ")
        try file("\(place)/\(address)/model", "scsi_debug      ")
        if let wwid { try file("\(place)/\(address)/wwid", wwid) }
        try link("bus/scsi/devices/\(address)", to: "../../../\(place)/\(address)")
        try makeDirectories(sysfs.appending("bus/scsi/devices/host\(numbers[0])"))
        for node in nodes {
            let fields = node.split(separator: " ").map(String.init)
            let parts = fields[0].split(separator: "/").map(String.init)
            let number = fields[1].split(separator: ":")
            let directory = "\(place)/\(address)/\(fields[0])"
            let devName = fields.count > 2 ? fields[2] : parts[1]
            try file("\(directory)/uevent", "MAJOR=\(number[0])\nMINOR=\(number[1])\nDEVNAME=\(devName)")
            try link("\(directory)/device", to: "../../../\(address)")
            try link("class/\(parts[0])/\(parts[1])", to: "../../\(directory)")
            try link("dev/\(parts[0] == "block" ? "block" : "char")/\(fields[1])", to: "../../\(directory)")
        }
    }

    /// A device that is no SCSI unit's.
    func addOther(_ place: String, _ number: String) throws {
        let directory = "devices/virtual/\(place)"
        let name = place.split(separator: "/").last.map(String.init) ?? place
        try file("\(directory)/uevent", "DEVNAME=\(name)")
        try link("class/\(place)", to: "../../\(directory)")
        try link("dev/\(place.hasPrefix("block") ? "block" : "char")/\(number)", to: "../../\(directory)")
    }

    /// Takes a unit away, as unplugging does.
    func remove(_ address: String) throws {
        let link = "\(sysfs)/bus/scsi/devices/\(address)"
        guard unsafe system("rm -r \"$(readlink -f '\(link)')\" '\(link)'") == 0 else { throw failure("rm", link) }
    }

    func file(_ path: String, _ text: String) throws {
        try makeParents(of: path)
        let path = "\(sysfs)/\(path)"
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        let line = Array("\(text)\n".utf8)
        guard unsafe write(file, line, line.count) == line.count else { throw failure("write", path) }
    }

    func link(_ path: String, to text: String) throws {
        try makeParents(of: path)
        guard unsafe symlink(text, "\(sysfs)/\(path)") == 0 else { throw failure("symlink", path) }
    }

    // Plain strings, not FilePath: that checks itself so thoroughly in debug builds that a hundred files took seconds.
    private func makeParents(of path: String) throws {
        var place = sysfs.string
        for name in path.split(separator: "/").dropLast() {
            place += "/\(name)"
            guard unsafe mkdir(place, 0o755) == 0 || errno == EEXIST else { throw failure("mkdir", place) }
        }
    }

    private func failure(_ operation: String, _ path: String) -> SystemError {
        SystemError(Errno(rawValue: errno), operation, path)
    }
}
