public import ByteStrings
internal import CLinux
internal import Glibc
public import SystemPackage

/// Returns all bytes of a file.
public func readBytes(_ path: FilePath) throws(SystemError) -> [UInt8] {
    let descriptor = try Descriptor.open(path)
    return try readBytes(descriptor.file, named: path.string)
}

/// Returns all bytes from a descriptor's position to the end.
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

/// Returns the offset of the first occurrence of a text in some bytes, or nil when it does not occur: `memmem(3)`.
public func firstIndex(of text: String, in bytes: [UInt8]) -> Int? {
    let text = Array(text.utf8)
    let place = unsafe linux_find(bytes, bytes.count, text, text.count)
    return place < 0 ? nil : place
}

/// Returns a file's bytes as ``ByteString/text``.
public func readText(_ path: FilePath) throws(SystemError) -> String {
    ByteString(bytes: try readBytes(path)).text
}

/// Returns the names in a directory without `.` and `..`, sorted, as ``ByteString/text``.
public func directoryEntries(_ path: FilePath) throws(SystemError) -> [String] {
    try directoryEntries(path) { _ in true }
}

/// Returns the names of the directories in a directory of proc, sysfs or cgroupfs, sorted. These file systems report the type
/// with each name, so that no further call is needed.
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
    // Only errno tells the end of a directory from a failure: readdir(3).
    guard interruptibleCall({ CInt(errno == 0 ? 0 : -1) }) == 0 else { throw .last("read", path.string) }
    return names.sorted().map(\.text)
}

/// Returns the text of a symbolic link, as ``ByteString/text``.
public func readLink(_ path: FilePath) throws(SystemError) -> String {
    var buffer = [CChar](repeating: 0, count: Int(PATH_MAX) + 1)
    let count = unsafe path.withPlatformString { path in
        kernelCall { unsafe readlink(path, &buffer, Int(PATH_MAX)) }
    }
    guard count >= 0 else { throw .last("readlink", path.string) }
    return ByteString(bytes: buffer[..<count].map { UInt8(bitPattern: $0) }).text
}

/// Returns the path with all symbolic links resolved: `realpath(3)`.
public func resolvedPath(_ path: FilePath) throws(SystemError) -> FilePath {
    let found = unsafe path.withPlatformString { path in unsafe pointerCall { unsafe realpath(path, nil) } }
    guard let resolved = unsafe found else { throw .last("resolve", path.string) }
    defer { unsafe free(resolved) }
    return unsafe FilePath(platformString: resolved)
}

/// Makes a directory and those above it. Existing directories, also behind symbolic links, are left as they are. The error is
/// ENOENT for a link that leads nowhere, and ENOTDIR when something else is in the way.
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

/// Renames a file, and replaces a file that has the new name: `rename(2)`.
func renameFile(_ path: FilePath, to new: FilePath) throws(SystemError) {
    let result = unsafe path.withPlatformString { from in
        unsafe new.withPlatformString { to in kernelCall { unsafe rename(from, to) } }
    }
    guard result == 0 else { throw .last("rename", new.string) }
}

extension Descriptor {
    /// Writes all of the bytes.
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

/// Writes to an existing control file of proc, sysfs or cgroupfs in one call, which the kernel takes or refuses as a whole.
public func writeControl(_ path: FilePath, _ text: String) throws(SystemError) {
    let descriptor = try Descriptor.open(path, .writeOnly)
    let bytes = Array(text.utf8)
    let count = kernelCall { unsafe write(descriptor.file.rawValue, bytes, bytes.count) }
    guard count >= 0 else { throw .last("write '\(text)' to", path.string) }
    guard count == bytes.count else { throw SystemError(.ioError, "write '\(text)' as a whole to", path.string) }
}

/// Gives a file a second name: `link(2)`. The error is EEXIST when the name is taken.
public func makeHardLink(to file: FilePath, at path: FilePath) throws(SystemError) {
    let result = unsafe file.withPlatformString { from in
        unsafe path.withPlatformString { to in kernelCall { unsafe link(from, to) } }
    }
    guard result == 0 else { throw .last("link", path.string) }
}

/// Removes a file. It is no error when there is none.
public func removeFile(_ path: FilePath) throws(SystemError) {
    let result = unsafe path.withPlatformString { path in kernelCall { unsafe unlink(path) } }
    guard result == 0 || SystemError.lastCode == .noSuchFileOrDirectory else { throw .last("unlink", path.string) }
}

/// Returns the path of a file of a process in proc(5): `/proc/PID/ENTRY`.
public func processFile(_ id: Int32, _ entry: String) -> FilePath { FilePath("/proc/\(id)/\(entry)") }

/// Returns whether proc(5) is mounted at `/proc`, for a PID namespace that contains this thread.
public func isProcMounted() -> Bool {
    (try? FileStatus.of("/proc/thread-self/ns/net")) != nil
}

extension FilePath {
    /// The path with these bytes. A `String` with the characters that stand for bytes would be another path.
    public init(_ path: ByteString) {
        let bytes = path.bytes.map { CInterop.PlatformChar(bitPattern: $0) } + [0]
        self.init(platformString: bytes)
    }

    /// The path as bytes.
    public var byteString: ByteString {
        unsafe withPlatformString { path in
            let bytes = unsafe UnsafeBufferPointer(start: path, count: length)
            return unsafe ByteString(bytes: bytes.map { UInt8(bitPattern: $0) })
        }
    }
}
