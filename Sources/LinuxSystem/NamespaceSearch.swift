internal import CLinux
public import SystemPackage

/// Looks at every network namespace that has a process or is mounted where the calling thread sees it, as those of
/// `ip netns` are, each once, until `body` returns true.
///
/// With `hidden` also at those of single threads, those that a process holds open, and those that are mounted in other mount
/// namespaces: that takes a walk over all of proc(5). What goes away meanwhile is left out.
///
/// - Parameter unseen: gets, when the walk has come to its end, each path that leads to a namespace which could not be told or
///   opened, and was not seen otherwise: nobody knows what is in it.
/// - Throws: what `body` throws; and, when all others have been looked at, a shortage of descriptors or memory for which one
///   could not be.
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
    /// The device number of the file system of all namespaces (nsfs).
    private let device: UInt64
    private var seen: Set<FileIdentity> = []
    /// What links of proc say, and a process with each.
    private var links: [String: Int32] = [:]
    private var mountTables: Set<String> = []
    private var refused: [(path: FilePath, process: Int32?, reason: SystemError)] = []
    /// Why something could not be looked at for want of descriptors or memory, the first time.
    private(set) var shortage: SystemError?

    init(device: UInt64) {
        self.device = device
    }

    /// What a look at a namespace finds; nil when nothing is there, or when that could not be found out, which is noted.
    private mutating func find<Value: ~Copyable>(
        _ path: FilePath, of process: Int32? = nil, _ look: () throws(SystemError) -> Value
    ) -> Value? {
        do throws(SystemError) {
            return try ifThere(look)
        } catch {
            if error.isShortage { shortage = shortage ?? error }
            refused.append((path, process, error))
            return nil
        }
    }

    /// The same of what only leads on: who is closed to us as a whole is told of by the first link.
    private mutating func read<Value>(_ look: () throws(SystemError) -> Value) -> Value? {
        do throws(SystemError) {
            return try ifThere(look)
        } catch {
            if error.isShortage { shortage = shortage ?? error }
            return nil
        }
    }

    /// The links of proc that may lead from a process to a network namespace.
    mutating func links(of id: Int32) -> [FilePath] {
        let threads = read { () throws(SystemError) in try directoryEntries(processFile(id, "task")) } ?? []
        let files = read { () throws(SystemError) in try directoryEntries(processFile(id, "fd")) } ?? []
        return threads.map { processFile(id, "task/\($0)/ns/net") } + files.map { processFile(id, "fd/\($0)") }
    }

    /// Hands on the namespace to which a link of proc leads, unless it was seen.
    mutating func follow(
        _ path: FilePath, of id: Int32, _ body: (borrowing Namespace) throws -> Bool
    ) throws -> Bool {
        guard let target = find(path, of: id, { () throws(SystemError) in try readLink(path) }),
            target.hasPrefix("net:["), links[target] == nil
        else { return false }
        links[target] = id
        return try visit(path, body)
    }

    /// Hands a namespace on, unless it was seen.
    mutating func visit(_ path: FilePath, _ body: (borrowing Namespace) throws -> Bool) throws -> Bool {
        let lookOnly = FileDescriptor.OpenOptions(rawValue: linux_O_PATH)
        return try visit(path, { () throws(SystemError) in try Descriptor.open(path, options: lookOnly) }, body)
    }

    /// The same. What is found in a container may be anything by now, and opening it may do anything: only of a namespace is
    /// more than a handle opened.
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
                // Namespaces of all kinds are in that file system: this is one of another kind.
                guard error.code == .invalidArgument else { throw error }
                return nil
            }
        }
        guard let namespace = namespace ?? nil else { return false }
        return try body(namespace)
    }

    /// Where network namespaces are mounted in the mount namespace of a process, unless another one with the same was asked.
    mutating func mounts(of process: String) -> [FilePath] {
        let folder = FilePath("/proc").appending(process)
        let (link, file) = (folder.appending("ns/mnt"), folder.appending("mountinfo"))
        guard let mounts = read({ () throws(SystemError) in try readLink(link) }), mountTables.insert(mounts).inserted,
            let table = read({ () throws(SystemError) in try readBytes(file) })
        else { return [] }
        return MountTable(table).mounts.filter { $0.type == "nsfs" && $0.root.string.hasPrefix("net:[") }.map(\.point)
    }

    /// Tells of the namespaces that nobody could look into. The link of a process may be closed to us, as that of process 1 is
    /// in some sandboxes, and its folder `net` not: by a file of that the namespace is known again, if it was seen.
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
