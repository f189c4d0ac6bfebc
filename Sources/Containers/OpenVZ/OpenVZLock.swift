internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// vzctl's lock of a container: a file with the holder's PID that gets its name by link(2), in the folder that `vz.conf`
/// calls LOCKDIR. OpenVZ 7 holds two locks of flock(2) beside it.
///
/// vzctl gives up at once when somebody has it; this waits, since who edits a conf is done in milliseconds.
final class OpenVZLock {
    private let path: FilePath
    /// Held as long as this lives. An array takes no noncopyable elements.
    private let files: [HeldFile]

    private final class HeldFile: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    /// Waits for the lock until a deadline, or until `whileWaiting` throws.
    ///
    /// - Parameter files: those on which OpenVZ 7 holds locks of flock(2). They stay when the lock goes.
    /// - Throws: ``ContainerError`` with the code `busy`, and whose the lock is.
    init(
        _ id: String, in folder: FilePath, files: [FilePath], until deadline: ContinuousClock.Instant,
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
        let path = folder.appending("\(id).lck")
        try makeDirectories(folder)
        while let holder = try Self.take(path, in: folder) {
            try whileWaiting()
            guard ContinuousClock.now < deadline else { throw Self.busy(id, "process \(holder) holds \(path)") }
            usleep(10_000)
        }
        self.path = path
        self.files = held
    }

    deinit { try? removeFile(path) }

    /// Takes the lock, or says who has it. What a dead process or nobody has is removed.
    ///
    /// The folder is locked meanwhile: of two who find a dead holder's file, the second must not remove the file of the
    /// first. vzctl does not know that lock; between its look and its removal there is always a gap, here but an instant.
    private static func take(_ path: FilePath, in folder: FilePath) throws(SystemError) -> Int32? {
        let directory = try Descriptor.open(folder, options: [.directory])
        try directory.lock(until: .now.advanced(by: .seconds(10)), named: folder)
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

    /// Whose a lock's file is.
    private enum Holder {
        case process(Int32)
        /// It names no living process.
        case nobody
        /// It was let go meanwhile. Somebody else may have it by now, whose it is then.
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
