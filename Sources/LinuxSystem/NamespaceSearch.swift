internal import CLinux
internal import SystemPackage

/// Looks at every network namespace that has a process, each once, until `body` returns true.
///
/// With `hidden` also at those of single threads, those that a process holds open, and those that are mounted somewhere, as
/// `ip netns` does in a container: that takes a walk over all of proc(5). What goes away meanwhile is left out.
public func forEachNetworkNamespace(hidden: Bool, _ body: (borrowing Namespace) throws -> Bool) throws {
    var search = NamespaceSearch(device: try Namespace.current(.network).identity.device)
    for id in ((try? directoryEntries("/proc")) ?? []).compactMap({ Int32($0) }) {
        for path in hidden ? NamespaceSearch.links(of: id) : [processFile(id, "ns/net")] {
            guard let target = try? readLink(path), target.hasPrefix("net:["), search.links.insert(target).inserted
            else { continue }
            if try search.visit({ try Descriptor.open(path, options: NamespaceSearch.lookOnly) }, body) { return }
        }
        for path in hidden ? search.mounts(of: id) : [] {
            if try search.visit({ try RootDirectory(processFile(id, "root")).handle(path) }, body) { return }
        }
    }
}

private struct NamespaceSearch {
    /// The device number of the file system of all namespaces (nsfs).
    let device: UInt64
    var seen: Set<FileIdentity> = []
    var links: Set<String> = []
    var mountTables: Set<String> = []

    static let lookOnly = FileDescriptor.OpenOptions(rawValue: linux_O_PATH)

    init(device: UInt64) {
        self.device = device
    }

    /// The links of proc that may lead from a process to a network namespace.
    static func links(of id: Int32) -> [FilePath] {
        let threads = (try? directoryEntries(processFile(id, "task"))) ?? []
        let files = (try? directoryEntries(processFile(id, "fd"))) ?? []
        return threads.map { processFile(id, "task/\($0)/ns/net") } + files.map { processFile(id, "fd/\($0)") }
    }

    /// Hands a namespace on, unless it was seen. What is found in a container may be anything by now, and opening it may do
    /// anything: only of a namespace is more than a handle opened.
    mutating func visit(
        _ open: () throws -> Descriptor, _ body: (borrowing Namespace) throws -> Bool
    ) throws -> Bool {
        let namespace: Namespace
        do {
            let handle = try open()
            let identity = try handle.status().identity
            guard identity.device == device, seen.insert(identity).inserted else { return false }
            namespace = try Namespace(.network, path: FilePath("/proc/thread-self/fd/\(handle.file.rawValue)"))
        } catch {
            return false
        }
        return try body(namespace)
    }

    /// Where network namespaces are mounted in the mount namespace of a process, unless another one with the same was asked.
    mutating func mounts(of id: Int32) -> [FilePath] {
        guard let mounts = try? readLink(processFile(id, "ns/mnt")), mountTables.insert(mounts).inserted,
            let table = try? readBytes(processFile(id, "mountinfo"))
        else { return [] }
        return MountTable(table).mounts.filter { $0.type == "nsfs" && $0.root.string.hasPrefix("net:[") }.map(\.point)
    }
}
