internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// The directory of an LXC container: `PATH/NAME`.
struct LXCPlace: Hashable {
    /// The directory of all containers.
    let path: String
    /// The name of the container.
    let name: String

    /// Reads the name in a reference, which is `/PATH/NAME`, or the name alone for a container below LXC's own path.
    init(_ reference: String) {
        let bytes = Substring(reference).utf8
        if let slash = bytes.lastIndex(of: UInt8(ascii: "/")), bytes.first == UInt8(ascii: "/") {
            path = String(Substring(bytes[..<slash]))
            name = String(Substring(bytes[slash...].dropFirst()))
        } else {
            path = Self.ownPath
            name = reference
        }
    }

    var directory: FilePath { FilePath(ByteString("\(path)/\(name)")) }
    var reference: String { ByteString(path) == ByteString(Self.ownPath) ? name : "\(path)/\(name)" }

    /// LXC's path without `-P`: from the environment, from LXC's configuration, or the default.
    static var ownPath: String {
        if let path = environmentVariable("LXC_PATH") { return path }
        for line in ((try? readText("/etc/lxc/lxc.conf")) ?? "").lines {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.split(whereSeparator: \.isWhitespace) }
            if parts.count == 2, parts[0] == ["lxc.lxcpath"], let path = parts[1].first { return String(path) }
        }
        return "/var/lib/lxc"
    }

    /// The name of the abstract socket on which the monitor listens. A name that is too long is hashed with FNV-1a of 64 bits.
    var socketName: String {
        let place = "\(path)/\(name)"
        guard place.utf8.count + "/command".utf8.count >= 106 else { return place + "/command" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in place.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return "lxc/" + String(repeating: "0", count: 16 - digits.count) + digits + "/command"
    }

    /// Returns the containers on whose socket a process listens, from proc(5)'s list for the calling thread's network
    /// namespace.
    static func listening() throws(SystemError) -> [LXCPlace] {
        let sockets = try ifThere { () throws(SystemError) in try readText("/proc/thread-self/net/unix") } ?? ""
        var places: Set<LXCPlace> = []
        for line in sockets.lines where line.utf8.reversed().starts(with: "/command".utf8.reversed()) {
            guard let place = line.halves(at: "@")?.behind.utf8.dropLast("/command".utf8.count),
                place.first == UInt8(ascii: "/")
            else { continue }
            places.insert(LXCPlace(String(Substring(place))))
        }
        return places.sorted { $0.bytes < $1.bytes }
    }

    private var bytes: ByteString { ByteString("\(path)/\(name)") }

    static func == (one: LXCPlace, other: LXCPlace) -> Bool { one.bytes == other.bytes }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bytes)
    }
}
