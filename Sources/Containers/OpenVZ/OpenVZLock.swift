internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// vzctl's lock of a container: a file with the holder's process id that gets its name by link(2), in the directory LOCKDIR of
/// `vz.conf`. OpenVZ 7 also holds two flock(2) locks.
///
/// vzctl gives up at once when another process holds it. This waits, since an edit of a conf takes milliseconds.
final class OpenVZLock {
    private let path: FilePath
    /// Held as long as this value lives. An array takes no noncopyable elements.
    private let files: [HeldFile]

    private final class HeldFile: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Waits for the lock until a deadline, or until `whileWaiting` throws.
    ///
    /// - Parameter files: the files on which OpenVZ 7 holds flock(2) locks. They stay when the lock ends.
    /// - Throws: ``ContainerError`` with the code `busy` and the holder; what `whileWaiting` throws.
    init(
        _ id: String, in directory: FilePath, files: [FilePath], until deadline: ContinuousClock.Instant,
        whileWaiting: () throws -> Void
    ) throws {
        let held = try files.map { path in
            let descriptor = try Descriptor.open(
                path, .readWrite, options: [.create], permissions: .init(rawValue: 0o644))
            do throws(SystemError) {
                try descriptor.lock(until: deadline, named: path)
            } catch {
                guard error.code == .resourceTemporarilyUnavailable else { throw error }
                throw Self.busy(id, "somebody holds \(path)")
            }
            return HeldFile(descriptor)
        }
        let path = directory.appending("\(id).lck")
        try makeDirectories(directory)
        while let holder = try Self.take(path, in: directory) {
            try whileWaiting()
            guard ContinuousClock.now < deadline else { throw Self.busy(id, "process \(holder) holds \(path)") }
            usleep(10_000)
        }
        self.path = path
        self.files = held
    }

    deinit { try? removeFile(path) }

    /// Takes the lock, or returns the holder. A file that names no living process is removed.
    ///
    /// The directory is locked meanwhile, so that of two processes that find a stale file, the second does not remove the new
    /// file of the first. vzctl does not take that lock: between its check and its removal there is a gap, which here is very
    /// short.
    private static func take(_ path: FilePath, in directory: FilePath) throws(SystemError) -> Int32? {
        let opened = try Descriptor.open(directory, options: [.directory])
        try opened.lock(until: .now.advanced(by: .seconds(10)), named: directory)
        let temporary = FilePath(path.string + ".hostdev")
        try replaceFile(temporary, with: Array("\(getpid())\n\n".utf8), permissions: [.ownerReadWrite])
        defer { try? removeFile(temporary) }
        stopPoint()
        while true {
            do throws(SystemError) {
                try makeHardLink(to: temporary, at: path)
                stopPoint()
                return nil
            } catch {
                guard error.code == .fileExists else { throw error }
            }
            switch try holder(of: path) {
            case .process(let id): return id
            case .gone: continue
            case .nobody: try removeFile(path)
            }
        }
    }

    /// The holder of a lock file.
    private enum Holder {
        case process(Int32)
        /// It names no living process.
        case nobody
        /// The file was removed meanwhile. Another process may have taken the lock.
        case gone
    }

    private static func holder(of path: FilePath) throws(SystemError) -> Holder {
        let text: String
        do throws(SystemError) {
            text = try readText(path)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return .gone
        }
        // As sscanf(3) reads "%d".
        let digits = text.drop(while: \.isWhitespace).prefix { $0.isASCII && $0.isNumber }
        guard let id = Int32(digits), id > 0 else { return .nobody }
        do throws(SystemError) {
            _ = try FileStatus.of(processFile(id, ""))
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return .nobody
        }
        return .process(id)
    }

    private static func busy(_ id: String, _ reason: String) -> ContainerError {
        ContainerError(.busy, "container openvz:\(id) is being worked on: \(reason)")
    }
}
