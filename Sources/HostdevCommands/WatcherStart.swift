internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// Starts the watcher of a state directory, unless one is at work: this program itself, in the background. What it cannot
/// do is no failure of what was done before: it is said, and no more.
func startWatcher(of backend: Backend) {
    guard !backend.isWatched else { return }
    do throws(SystemError) {
        let program = FilePath(try readLink("/proc/self/exe"))
        try startDetached(
            program, ["watch", "--until-idle", "--syslog", "--state-dir", backend.state.path.string])
    } catch {
        writeError("warning: no watcher could be started, so nobody sees the container end: \(error)")
    }
}
