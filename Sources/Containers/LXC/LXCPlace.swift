internal import LinuxSystem
internal import SystemPackage

/// Where LXC keeps a container: `PATH/NAME`.
struct LXCPlace: Hashable {
    /// The folder of all containers.
    let path: String
    /// The container's in it.
    let name: String

    /// As references name it: alone where it is below the path that LXC has by itself.
    init(_ reference: String) {
        if let slash = reference.lastIndex(of: "/"), reference.hasPrefix("/") {
            path = String(reference[..<slash])
            name = String(reference[reference.index(after: slash)...])
        } else {
            path = Self.ownPath
            name = reference
        }
    }

    var folder: FilePath { FilePath("\(path)/\(name)") }
    var reference: String { path == Self.ownPath ? name : "\(path)/\(name)" }

    /// The path without `-P`: of the environment, of LXC's configuration, or what it is built with.
    static var ownPath: String {
        if let path = environmentVariable("LXC_PATH") { return path }
        for line in ((try? readText("/etc/lxc/lxc.conf")) ?? "").split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.split(whereSeparator: \.isWhitespace) }
            if parts.count == 2, parts[0] == ["lxc.lxcpath"], let path = parts[1].first { return String(path) }
        }
        return "/var/lib/lxc"
    }

    /// The name of the socket on which the monitor listens. One that would be too long is hashed: 64 bits of FNV-1a.
    var socketName: String {
        let place = "\(path)/\(name)"
        guard place.utf8.count + "/command".utf8.count >= 106 else { return place + "/command" }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in place.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return "lxc/" + String(repeating: "0", count: 16 - digits.count) + digits + "/command"
    }

    /// Those for which somebody listens, from proc(5)'s list of sockets in the calling thread's network namespace.
    static func listening() -> [LXCPlace] {
        let sockets = (try? readText("/proc/thread-self/net/unix")) ?? ""
        var places: Set<LXCPlace> = []
        for line in sockets.split(separator: "\n") where line.hasSuffix("/command") {
            guard let at = line.firstIndex(of: "@") else { continue }
            let place = line[line.index(after: at)...].dropLast("/command".count)
            if place.hasPrefix("/") { places.insert(LXCPlace(String(place))) }
        }
        return places.sorted { ($0.path, $0.name) < ($1.path, $1.name) }
    }
}
