internal import CLinux
public import SystemPackage

/// Calls `body` once for each network namespace that has a process or is mounted where the calling thread sees it, as those of
/// ip-netns(8) are, until `body` returns true. Namespaces that end meanwhile are left out.
///
/// - Parameters:
///   - hidden: whether to include the namespaces of single threads, those that a process holds open, and those that are mounted
///     in other mount namespaces. That takes a walk over all of proc(5).
///   - unseen: is called after a complete walk, for each path that leads to a namespace which could not be identified or
///     opened, and to which no other path led.
/// - Throws: what `body` throws; after a complete walk, a shortage of descriptors or memory for which a namespace was left out.
public func forEachNetworkNamespace(
    hidden: Bool, unseen: (_ path: FilePath, _ reason: SystemError) -> Void = { _, _ in },
    _ body: (borrowing Namespace) throws -> Bool
) throws {
    var search = NamespaceSearch(device: try Namespace.current(.network).identity.device)
    for path in search.mounts(of: "thread-self") where try search.visit(path, body) { return }
    for id in try directoryEntries("/proc").compactMap({ Int32($0) }) {
        for path in hidden ? search.links(of: id) : [processFile(id, "ns/net")]
        where try search.follow(path, of: id, body) { return }
        for path in hidden ? search.mounts(of: "\(id)") : [] {
            let open = { () throws(SystemError) in try RootDirectory(processFile(id, "root")).handle(path) }
            if try search.visit(processFile(id, "root").appending(path.components), open, body) { return }
        }
    }
    if let shortage = search.shortage { throw shortage }
    search.tell(unseen)
}

private struct NamespaceSearch {
    /// The device number of nsfs, the file system of all namespaces.
    private let device: UInt64
    private var seen: Set<FileIdentity> = []
    /// The targets of links of proc, with a process that has each.
    private var links: [String: Int32] = [:]
    private var mountTables: Set<String> = []
    private var refused: [(path: FilePath, process: Int32?, reason: SystemError)] = []
    /// The first error for want of descriptors or memory.
    private(set) var shortage: SystemError?

    init(device: UInt64) {
        self.device = device
    }

    /// Returns the result of a call on a namespace. Returns nil when the namespace is gone, and when the call fails otherwise,
    /// which is noted.
    private mutating func find<Value: ~Copyable>(
        _ path: FilePath, of process: Int32? = nil, _ call: () throws(SystemError) -> Value
    ) -> Value? {
        do throws(SystemError) {
            return try ifThere(call)
        } catch {
            if error.isShortage { shortage = shortage ?? error }
            refused.append((path, process, error))
            return nil
        }
    }

    /// Returns the same of a call that only finds further paths. A failure is not noted: a process that cannot be inspected is
    /// noted for its first link.
    private mutating func read<Value>(_ call: () throws(SystemError) -> Value) -> Value? {
        do throws(SystemError) {
            return try ifThere(call)
        } catch {
            if error.isShortage { shortage = shortage ?? error }
            return nil
        }
    }

    /// Returns the links of proc that may lead from a process to a network namespace.
    mutating func links(of id: Int32) -> [FilePath] {
        let threads = read { () throws(SystemError) in try directoryEntries(processFile(id, "task")) } ?? []
        let files = read { () throws(SystemError) in try directoryEntries(processFile(id, "fd")) } ?? []
        return threads.map { processFile(id, "task/\($0)/ns/net") } + files.map { processFile(id, "fd/\($0)") }
    }

    /// Visits the namespace to which a link of proc leads, unless it was seen.
    mutating func follow(
        _ path: FilePath, of id: Int32, _ body: (borrowing Namespace) throws -> Bool
    ) throws -> Bool {
        guard let target = find(path, of: id, { () throws(SystemError) in try readLink(path) }),
            target.hasPrefix("net:["), links[target] == nil
        else { return false }
        links[target] = id
        return try visit(path, body)
    }

    /// Visits the namespace at a path, unless it was seen.
    mutating func visit(_ path: FilePath, _ body: (borrowing Namespace) throws -> Bool) throws -> Bool {
        let pathOnly = FileDescriptor.OpenOptions(rawValue: linux_O_PATH)
        return try visit(path, { () throws(SystemError) in try Descriptor.open(path, options: pathOnly) }, body)
    }

    /// Visits the namespace that `open` opens with O_PATH, unless it was seen. A file in a container may be anything by now,
    /// and to open it may have any effect, so only a namespace is opened in full.
    mutating func visit(
        _ path: FilePath, _ open: () throws(SystemError) -> Descriptor, _ body: (borrowing Namespace) throws -> Bool
    ) throws -> Bool {
        guard let handle = find(path, open),
            let identity = find(path, { () throws(SystemError) in try handle.status().identity }),
            identity.device == device, seen.insert(identity).inserted
        else { return false }
        let link = FilePath("/proc/thread-self/fd/\(handle.file.rawValue)")
        let namespace = find(path) { () throws(SystemError) -> Namespace? in
            do throws(SystemError) {
                return try Namespace(.network, path: link)
            } catch {
                // A namespace of another kind.
                guard error.code == .invalidArgument else { throw error }
                return nil
            }
        }
        guard let namespace = namespace ?? nil else { return false }
        return try body(namespace)
    }

    /// Returns the paths on which network namespaces are mounted in the mount namespace of a process, unless another process
    /// with the same was asked before.
    mutating func mounts(of process: String) -> [FilePath] {
        let directory = FilePath("/proc").appending(process)
        let (link, file) = (directory.appending("ns/mnt"), directory.appending("mountinfo"))
        guard let mounts = read({ () throws(SystemError) in try readLink(link) }), mountTables.insert(mounts).inserted,
            let table = read({ () throws(SystemError) in try readBytes(file) })
        else { return [] }
        return MountTable(table).mounts.filter { $0.type == "nsfs" && $0.root.string.hasPrefix("net:[") }.map(\.point)
    }

    /// Reports the namespaces that could not be visited. Where the link of a process is not readable but its directory `net`
    /// is, as for process 1 in some sandboxes, a file in there identifies a namespace that was seen.
    func tell(_ unseen: (FilePath, SystemError) -> Void) {
        guard !refused.isEmpty else { return }
        let file = { (process: Int32) in try? FileStatus.of(processFile(process, "net/dev")).identity }
        let known = Set(links.values.compactMap(file))
        for one in refused {
            if let file = one.process.flatMap(file), known.contains(file) { continue }
            unseen(one.path, one.reason)
        }
    }
}
