internal import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// All bytes of a file; small files of proc and sysfs in one read.
public func readBytes(_ path: FilePath) throws(SystemError) -> [UInt8] {
    let descriptor = try Descriptor.open(path)
    return try readBytes(descriptor.file, named: path.string)
}

/// All bytes from an open descriptor, to the end.
func readBytes(_ file: FileDescriptor, named name: String) throws(SystemError) -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
        let count = kernelCall { unsafe read(file.rawValue, &buffer, buffer.count) }
        guard count >= 0 else { throw .last("read", name) }
        if count == 0 { return bytes }
        bytes += buffer[..<count]
    }
}

/// Where a text stands first in some bytes: `memmem(3)`. Nil: nowhere.
public func firstIndex(of text: String, in bytes: [UInt8]) -> Int? {
    let text = Array(text.utf8)
    let place = unsafe linux_find(bytes, bytes.count, text, text.count)
    return place < 0 ? nil : place
}

/// A file's bytes as the text that stands for them: ``ByteString/text``.
public func readText(_ path: FilePath) throws(SystemError) -> String {
    ByteString(bytes: try readBytes(path)).text
}

/// The names in a directory, sorted, without `.` and `..`, as the texts that stand for them: ``ByteString/text``.
public func directoryEntries(_ path: FilePath) throws(SystemError) -> [String] {
    try directoryEntries(path) { _ in true }
}

/// The names of the directories in a directory of proc, sysfs or a control group, sorted: those file systems say with each
/// name what it is, and no other call is needed.
public func kernelDirectories(in path: FilePath) throws(SystemError) -> [String] {
    try directoryEntries(path) { $0 == DT_DIR }
}

private func directoryEntries(
    _ path: FilePath, where isWanted: (_ type: Int) -> Bool
) throws(SystemError) -> [String] {
    let opened = unsafe path.withPlatformString { path in unsafe pointerCall { unsafe opendir(path) } }
    guard let directory = unsafe opened else { throw .last("open", path.string) }
    defer { unsafe closedir(directory) }
    var names: [ByteString] = []
    errno = 0
    while let entry = unsafe readdir(directory) {
        let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            unsafe ByteString(bytes: bytes.prefix { $0 != 0 })
        }
        let type = unsafe Int(entry.pointee.d_type)
        if name != ".", name != "..", isWanted(type) { names.append(name) }
        errno = 0
    }
    // The end of a folder and a failure look alike but for errno: readdir(3).
    guard interruptibleCall({ CInt(errno == 0 ? 0 : -1) }) == 0 else { throw .last("read", path.string) }
    return names.sorted().map(\.text)
}

/// Where a symbolic link leads, as the text that stands for its bytes.
public func readLink(_ path: FilePath) throws(SystemError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = unsafe path.withPlatformString { path in
        kernelCall { unsafe readlink(path, &buffer, Int(PATH_MAX)) }
    }
    guard count >= 0 else { throw .last("readlink", path.string) }
    return ByteString(bytes: buffer[..<count].map { UInt8(bitPattern: $0) }).text
}

/// The path with every symbolic link resolved: `realpath(3)`.
public func resolvedPath(_ path: FilePath) throws(SystemError) -> FilePath {
    let found = unsafe path.withPlatformString { path in unsafe pointerCall { unsafe realpath(path, nil) } }
    guard let resolved = unsafe found else { throw .last("resolve", path.string) }
    defer { unsafe free(resolved) }
    return unsafe FilePath(platformString: resolved)
}

/// Makes a directory and those above it; those that are there already are left as they are. A link is followed to a
/// directory that is there: ENOENT is one that leads nowhere, ENOTDIR something else in the way.
public func makeDirectories(_ path: FilePath, permissions: UInt32 = 0o755) throws(SystemError) {
    let make = {
        unsafe path.withPlatformString { path in kernelCall { unsafe mkdir(path, permissions) } } == 0
    }
    if make() { return }
    let parent = path.removingLastComponent()
    if SystemError.lastCode == .noSuchFileOrDirectory, parent != path, !parent.isEmpty {
        try makeDirectories(parent, permissions: permissions)
        if make() { return }
    }
    guard SystemError.lastCode == .fileExists else { throw .last("mkdir", path.string) }
    guard try FileStatus.of(path).kind == .directory else {
        throw SystemError(.notDirectory, "use as a directory", path.string)
    }
}

/// Gives a file another name, whoever has that now: `rename(2)`.
func renameFile(_ path: FilePath, to new: FilePath) throws(SystemError) {
    let result = unsafe path.withPlatformString { from in
        unsafe new.withPlatformString { to in kernelCall { unsafe rename(from, to) } }
    }
    guard result == 0 else { throw .last("rename", new.string) }
}

extension Descriptor {
    /// Writes all of the bytes, in as few calls as the kernel takes.
    func write(_ bytes: [UInt8], named name: String) throws(SystemError) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { bytes in
                kernelCall { unsafe Glibc.write(file.rawValue, bytes.baseAddress, bytes.count) }
            }
            guard count >= 0 else { throw .last("write", name) }
            rest = rest.dropFirst(count)
        }
    }
}

/// Writes to a file that is there, in one call: a control file of proc, sysfs or cgroups, which takes or refuses it as
/// a whole.
public func writeControl(_ path: FilePath, _ text: String) throws(SystemError) {
    let descriptor = try Descriptor.open(path, .writeOnly)
    let bytes = Array(text.utf8)
    let count = kernelCall { unsafe write(descriptor.file.rawValue, bytes, bytes.count) }
    guard count >= 0 else { throw .last("write '\(text)' to", path.string) }
    guard count == bytes.count else { throw SystemError(.ioError, "write '\(text)' as a whole to", path.string) }
}

/// Gives a file a second name: `link(2)`. EEXIST: something has that name.
public func makeHardLink(to file: FilePath, at path: FilePath) throws(SystemError) {
    let result = unsafe file.withPlatformString { from in
        unsafe path.withPlatformString { to in kernelCall { unsafe link(from, to) } }
    }
    guard result == 0 else { throw .last("link", path.string) }
}

/// Removes a file. One that is not there is no error.
public func removeFile(_ path: FilePath) throws(SystemError) {
    let result = unsafe path.withPlatformString { path in kernelCall { unsafe unlink(path) } }
    guard result == 0 || SystemError.lastCode == .noSuchFileOrDirectory else { throw .last("unlink", path.string) }
}

/// A file that proc keeps of a process: `/proc/PID/ENTRY`.
public func processFile(_ id: Int32, _ entry: String) -> FilePath { FilePath("/proc/\(id)/\(entry)") }

/// Whether `/proc` is proc(5), of a PID namespace in which this thread is.
public func isProcMounted() -> Bool {
    (try? FileStatus.of("/proc/thread-self/ns/net")) != nil
}
