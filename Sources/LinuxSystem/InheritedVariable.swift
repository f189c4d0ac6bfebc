internal import SystemPackage

/// A variable of the environment with which this process was started or, where it has none of that name, the nearest of
/// its ancestors: sudo(8) and su(1) keep few of them.
public func inheritedVariable(_ name: String) -> String? {
    let prefix = Array("\(name)=".utf8)
    var id: Int32? = nil
    while let environment = try? readBytes(id.map { processFile($0, "environ") } ?? "/proc/self/environ") {
        if let entry = environment.split(separator: 0).first(where: { $0.starts(with: prefix) }) {
            return String(decoding: entry.dropFirst(prefix.count), as: UTF8.self)
        }
        // Behind the name in parentheses, which may hold anything: the state, the parent.
        guard let stat = try? readText(id.map { processFile($0, "stat") } ?? "/proc/self/stat"),
            let end = stat.lastIndex(of: ")"),
            let parent = stat[end...].split(separator: " ", maxSplits: 3).dropFirst(2).first.flatMap({ Int32($0) }),
            parent > 0
        else { return nil }
        id = parent
    }
    return nil
}
