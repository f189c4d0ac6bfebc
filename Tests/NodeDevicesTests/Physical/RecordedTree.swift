import Glibc
import SystemPackage

@testable import NodeDevices

/// A sysfs that is made of recorded directories. It goes with this value.
final class RecordedTree {
    private let folder: String
    /// The root of the tree.
    var sysfs: FilePath { FilePath(folder) }
    var devices: PhysicalDevices { PhysicalDevices(sysfs: sysfs) }

    /// A tree with the directories of some files in `Recorded`, or of lines in their format:
    /// `path|subsystem|driver|properties in uevent|attributes`.
    init(_ files: [String] = [], lines: [String] = []) throws {
        var template = Array("/tmp/hostdev-recorded-XXXXXX".utf8CString)
        folder = unsafe String(cString: mkdtemp(&template))
        let recorded = FilePath(#filePath).removingLastComponent().appending("Recorded")
        for file in files {
            let text = try readText(recorded.appending(file))
            for line in text.split(separator: "\n") where !line.hasPrefix("#") { try add(String(line)) }
        }
        for line in lines { try add(line) }
    }

    deinit { _ = unsafe system("rm -rf '\(folder)'") }

    /// Adds a directory.
    func add(_ line: String) throws {
        let fields = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let path = "\(folder)/\(fields[0])"
        try makeDirectory(path)
        try write(path + "/uevent", fields[3].replacing(";", with: "\n") + "\n")
        try link("../../somewhere/\(fields[1])", at: path + "/subsystem")
        if !fields[2].isEmpty { try link("../../drivers/\(fields[2])", at: path + "/driver") }
        for attribute in fields[4].split(separator: ";") {
            let halves = attribute.split(separator: "=", maxSplits: 1).map(String.init)
            try write("\(path)/\(halves[0])", (halves.count > 1 ? halves[1] : "") + "\n")
        }
        // What has an address on these buses is listed there.
        let name = fields[0].split(separator: "/").last ?? ""
        if ["usb", "pci"].contains(fields[1]) {
            try makeDirectory("\(folder)/bus/\(fields[1])/devices")
            try link("../../../\(fields[0])", at: "\(folder)/bus/\(fields[1])/devices/\(name)")
        }
    }

    /// Removes a directory, as unplugging does.
    func remove(_ path: String) {
        _ = unsafe system("rm -rf '\(folder)/\(path)'; find '\(folder)/bus' -xtype l -delete")
    }

    // Plain calls, not FilePath: that checks itself so thoroughly in debug builds that a hundred files took seconds.
    private func makeDirectory(_ path: String) throws {
        if unsafe mkdir(path, 0o755) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let end = path.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            throw Errno(rawValue: errno)
        }
        try makeDirectory(String(path[..<end]))
        try makeDirectory(path)
    }

    private func write(_ path: String, _ text: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        defer { close(file) }
        let bytes = Array(text.utf8)
        guard unsafe Glibc.write(file, bytes, bytes.count) == bytes.count else { throw Errno(rawValue: errno) }
    }

    private func link(_ text: String, at path: String) throws {
        guard unsafe symlink(text, path) == 0 || errno == EEXIST else { throw Errno(rawValue: errno) }
    }

    private func readText(_ path: FilePath) throws -> String {
        let file = try FileDescriptor.open(path, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = try unsafe buffer.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
                guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
                bytes += buffer[..<count]
            }
        }
    }
}
