internal import SystemPackage

/// A variable of the environment with which this process was started or, where it has none of that name, the nearest of
/// its ancestors: sudo(8) and su(1) keep few of them. An ancestor that this process
/// may not look at ends the search. Throws when one could not be asked for another reason.
public func inheritedVariable(_ name: String) throws(SystemError) -> String? {
    let prefix = Array("\(name)=".utf8)
    var id: Int32? = nil
    while let environment = try file("environ", of: id, readBytes) {
        if let entry = environment.split(separator: 0).first(where: { $0.starts(with: prefix) }) {
            return String(decoding: entry.dropFirst(prefix.count), as: UTF8.self)
        }
        // Behind the name in parentheses, which may hold anything: the state, the parent.
        guard let stat = try file("stat", of: id, readText),
            let end = stat.lastIndex(of: ")"),
            let parent = stat[end...].split(separator: " ", maxSplits: 3).dropFirst(2).first.flatMap({ Int32($0) }),
            parent > 0
        else { return nil }
        id = parent
    }
    return nil
}

/// A file of a process, nil for this one.
private func file<Content>(
    _ entry: String, of id: Int32?, _ read: (FilePath) throws(SystemError) -> Content
) throws(SystemError) -> Content? {
    try ifSeen { () throws(SystemError) in
        try read(id.map { processFile($0, entry) } ?? FilePath("/proc/self/\(entry)"))
    }
}
