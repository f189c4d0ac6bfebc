internal import ByteStrings
internal import CLinux
internal import Glibc
internal import SystemPackage

/// Returns the arguments of this program without its name, each as ``ByteString/text``.
///
/// `CommandLine` reads them from `/proc/self/cmdline`, and traps or has none when `/proc` is not mounted.
public func programArguments() -> [String] {
    var words: [[UInt8]] = []
    while let word = unsafe linux_argument(CInt(words.count + 1)) { words.append(unsafe bytes(word)) }
    return words.map { ByteString(bytes: $0).text }
}

/// Returns the bytes before the NUL.
private func bytes(_ word: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var next = unsafe word
    while unsafe next.pointee != 0 {
        unsafe bytes.append(UInt8(bitPattern: next.pointee))
        unsafe next += 1
    }
    return bytes
}

/// Returns a variable of this process's environment, or nil when it is not set or empty.
public func environmentVariable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
}

/// Returns a variable of the environment with which this process was started or, when that has none of the name, its nearest
/// ancestor with one: sudo(8) and su(1) pass on few variables. An ancestor that this process has no permission to inspect ends
/// the search. Throws when one cannot be read for another reason.
public func inheritedVariable(_ name: String) throws(SystemError) -> String? {
    let prefix = Array("\(name)=".utf8)
    var id: Int32? = nil
    while let environment = try file("environ", of: id, readBytes) {
        if let entry = environment.split(separator: 0).first(where: { $0.starts(with: prefix) }) {
            return String(decoding: entry.dropFirst(prefix.count), as: UTF8.self)
        }
        // The state and the parent follow the name in parentheses, which may contain anything.
        guard let stat = try file("stat", of: id, readText),
            let end = stat.lastIndex(of: ")"),
            let parent = stat[end...].split(separator: " ", maxSplits: 3).dropFirst(2).first.flatMap({ Int32($0) }),
            parent > 0
        else { return nil }
        id = parent
    }
    return nil
}

/// Reads a file of a process in proc(5), of this one for nil.
private func file<Content>(
    _ entry: String, of id: Int32?, _ read: (FilePath) throws(SystemError) -> Content
) throws(SystemError) -> Content? {
    try ifSeen { () throws(SystemError) in
        try read(id.map { processFile($0, entry) } ?? FilePath("/proc/self/\(entry)"))
    }
}
