import LinuxSystem
import SystemPackage
import TestHost

/// A network namespace with interfaces of the host's.
struct Place: CustomStringConvertible {
    /// Its inode.
    let number: UInt64
    /// The PID namespaces of the processes that are in it.
    let processes: Set<UInt64>
    let isHost: Bool
    var description: String { isHost ? "the host" : "namespace \(number)" }

    /// Whether a container is there, or processes of it.
    func isIn(_ container: SoakContainer) -> Bool {
        guard container.process != 0 else {
            return Places.number("/run/netns/\(container.reference.dropFirst("netns:".count))") == number
                || !processes.isEmpty && !isHost
        }
        let pid = Places.number("/proc/\(container.process)/ns/pid")
        return Places.number("/proc/\(container.process)/ns/net") == number || pid.map(processes.contains) == true
    }
}

/// Where interfaces are, by their aliases: all network namespaces that processes are in, or that have a name.
struct Places {
    private var places: [String: [Place]] = [:]

    init() throws {
        var processes: [UInt64: Set<UInt64>] = [:]
        var paths: [UInt64: String] = [:]
        for id in try directoryEntries("/proc").compactMap({ Int32($0) }) {
            guard let net = Self.number("/proc/\(id)/ns/net"), let pid = Self.number("/proc/\(id)/ns/pid") else {
                continue
            }
            processes[net, default: []].insert(pid)
            paths[net] = "/proc/\(id)/ns/net"
        }
        for name in (try? directoryEntries("/run/netns")) ?? [] {
            if let net = Self.number("/run/netns/\(name)") { paths[net] = paths[net] ?? "/run/netns/\(name)" }
        }
        let host = Self.number("/proc/self/ns/net")
        for (number, path) in paths {
            // Who has ended meanwhile had nothing.
            guard let links = try? sh("nsenter --net=\(path) ip -o link | grep -o 'alias soak-[a-z0-9]*' || true")
            else { continue }
            for line in links.lines {
                let place = Place(number: number, processes: processes[number] ?? [], isHost: number == host)
                places[String(line.dropFirst("alias ".count)), default: []].append(place)
            }
        }
    }

    func of(_ sign: String) -> [Place] { places[sign] ?? [] }

    static func number(_ path: String) -> UInt64? {
        (try? FileStatus.of(FilePath(path)))?.identity.inode
    }
}
