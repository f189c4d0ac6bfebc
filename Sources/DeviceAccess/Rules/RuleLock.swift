internal import LinuxSystem
internal import SystemPackage

/// The lock under which device programs and their tables are changed. Held for less than a millisecond,
/// or for as long as systemd takes to answer.
struct RuleLock: Sendable {
    let path: FilePath
    let timeout: Duration

    /// Takes it, for as long as the value lives.
    func take(_ attempt: String) throws(DeviceAccessError) -> FileLock {
        do throws(SystemError) {
            return try FileLock(path, until: .now + timeout)
        } catch {
            guard error.code == .resourceTemporarilyUnavailable else { throw DeviceAccessError(error, attempt) }
            throw DeviceAccessError(
                .busy, attempt, "another process has held \(path) for \(timeout)", remedy: "try again")
        }
    }
}
