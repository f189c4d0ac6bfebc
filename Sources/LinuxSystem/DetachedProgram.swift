internal import CLinux
internal import Glibc
public import SystemPackage

/// Starts a program that outlives its caller and the caller's terminal: in a session of its own, in `/`, with `/dev/null`
/// for its input and output, no other descriptor, every signal as it is by default, and of the environment only PATH.
/// `posix_spawn(3)`, glibc 2.34.
public func startDetached(_ program: FilePath, _ arguments: [String]) throws(SystemError) {
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    for descriptor in CInt(0)...2 {
        unsafe posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
    }
    unsafe linux_spawn_closefrom(&actions, 3)
    unsafe linux_spawn_chdir(&actions, "/")

    var attributes = defaultSignals(and: linux_POSIX_SPAWN_SETSID)
    defer { unsafe posix_spawnattr_destroy(&attributes) }

    let path = unsafe getenv("PATH").map { unsafe "PATH=" + String(cString: $0) }
    let argv = unsafe ([program.string] + arguments).map { unsafe strdup($0) } + [nil]
    let envp = unsafe [path].compactMap { $0 }.map { unsafe strdup($0) } + [nil]
    defer { unsafe (argv + envp).forEach { unsafe free($0) } }
    var id: pid_t = 0
    let failure = codeCall { unsafe posix_spawn(&id, program.string, &actions, &attributes, argv, envp) }
    if let failure { throw SystemError(failure, "start", program.string) }
}

/// How a program is started whose signals are all as they are by default, and none blocked: `posix_spawnattr_t`, which the
/// caller destroys. With more flags of `posix_spawnattr_setflags(3)`.
func defaultSignals(and flags: CInt = 0) -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    unsafe posix_spawnattr_init(&attributes)
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe posix_spawnattr_setsigmask(&attributes, &signals)
    unsafe sigfillset(&signals)
    unsafe posix_spawnattr_setsigdefault(&attributes, &signals)
    let all = CInt(POSIX_SPAWN_SETSIGMASK) | CInt(POSIX_SPAWN_SETSIGDEF) | flags
    unsafe posix_spawnattr_setflags(&attributes, Int16(all))
    return attributes
}
