internal import HostdevModel
internal import LinuxSystem
public import SystemPackage

/// The directory that holds what is attached: `/run/hostdev`, gone with the machine's memory as the attachments are.
///
///     attachments/ID.xml     a record for each attachment, written before the first change and removed after the last
///     transactions/ID        there as long as an attach is under way; removing it commits all of its attachments
///     namespaces/ID          a bind mount that keeps the container's network namespace alive
///     namespaces/ID-transit  the same of one through which an interface returns from a container that resists
///     locks/NAME             a lock that a running process holds; `locks/watcher` for as long as it watches
///
/// Nothing is flushed to a medium: a power failure takes the interfaces' namespaces and the nodes with it too.
public struct StateDirectory: Hashable, Sendable {
    /// Where it is.
    public let path: FilePath

    /// Uses a directory; it is made when something is written.
    public init(_ path: FilePath) {
        self.path = path
    }

    /// The lock that the host's one watcher holds.
    static let watcherLock = "watcher"

    var attachments: FilePath { path.appending("attachments") }
    var locks: FilePath { path.appending("locks") }
    var transactions: FilePath { path.appending("transactions") }

    /// Whether a text can be the name of a lock's file.
    static func isLockName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count < 256 && text != "." && text != ".."
            && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: "/") }
    }

    /// The names of the lock files that are there, except the watcher's. Files that are no locks are left out.
    func lockNames() throws -> [String] {
        try directoryEntries(locks).filter { name in
            guard name != Self.watcherLock else { return false }
            let status = try ifThere { () throws(SystemError) in
                try FileStatus.of(lock(name), followingLinks: false)
            }
            return status?.kind == .regular
        }
    }

    func make() throws(PassthroughError) {
        do throws(SystemError) {
            for folder in ["attachments", "transactions", "namespaces", "locks"] {
                try makeDirectories(path.appending(folder), permissions: 0o700)
            }
        } catch {
            throw unusable(error)
        }
    }

    /// Reads something in it. Returns nil if the directory was not made yet. What keeps it from being seen, such as a link that
    /// leads nowhere, is an error: there may be records behind it.
    func ifMade<Value: ~Copyable>(_ read: () throws(SystemError) -> Value) throws -> Value? {
        do throws(SystemError) {
            return try read()
        } catch {
            switch error.code {
            case .noSuchFileOrDirectory:
                guard try isAbsent else { throw unusable(error) }
                return nil
            case .notDirectory, .tooManySymbolicLinkLevels: throw unusable(error)
            default: throw error
            }
        }
    }

    /// Whether nothing has its name, or it is a directory in which something was not made yet.
    private var isAbsent: Bool {
        get throws(SystemError) {
            do throws(SystemError) {
                guard try FileStatus.of(path, followingLinks: false).kind == .symbolicLink else { return true }
            } catch {
                guard error.code == .noSuchFileOrDirectory else { throw error }
                return true
            }
            return (try? FileStatus.of(path)) != nil
        }
    }

    private func unusable(_ error: SystemError) -> PassthroughError {
        var failure = PassthroughError(error)
        failure.message = "the state directory \(path) cannot be used: \(error)"
        failure.hint = Hint(.changeStateDirectory)
        return failure
    }

    func record(_ id: String) -> FilePath { attachments.appending("\(id).xml") }
    func transaction(_ id: String) -> FilePath { transactions.appending(id) }
    func namespace(_ id: String) -> FilePath { path.appending("namespaces").appending(id) }
    func transit(_ id: String) -> FilePath { path.appending("namespaces").appending("\(id)-transit") }
    func lock(_ name: String) -> FilePath { locks.appending(name) }
}
