internal import CLinux
internal import Glibc
public import SystemPackage

/// How a program ended, and what it wrote.
public struct ProgramResult: Hashable, Sendable {
    /// The exit status, or 128 + N when signal N ended it.
    public let status: Int32
    /// What it wrote to standard output and standard error, in order.
    public let output: String
}

/// Runs a program to its end. The program is searched on PATH and run without a shell, with empty standard input, default
/// signal handling and the environment of this process.
///
/// - Throws: ENOENT when there is no such program.
public func runProgram(_ program: String, _ arguments: [String]) throws(SystemError) -> ProgramResult {
    // A file instead of a pipe, which processes that the program leaves in the background could keep open.
    let output = try Descriptor.returned(kernelCall { unsafe linux_memfd(program) }, "memfd_create", program)
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for descriptor in CInt(1)...2 {
        unsafe posix_spawn_file_actions_adddup2(&actions, output.file.rawValue, descriptor)
    }
    var attributes = defaultSignals()
    defer { unsafe posix_spawnattr_destroy(&attributes) }
    let argv = unsafe ([program] + arguments).map { unsafe strdup($0) } + [nil]
    defer { unsafe argv.forEach { unsafe free($0) } }
    var id: pid_t = 0
    let failure = codeCall { unsafe posix_spawnp(&id, program, &actions, &attributes, argv, environ) }
    if let failure { throw SystemError(failure, "start", program) }
    var raw: CInt = 0
    guard kernelCall({ unsafe waitpid(id, &raw, 0) }) == id else { throw .last("wait for", program) }
    guard kernelCall({ lseek(output.file.rawValue, 0, SEEK_SET) }) == 0 else { throw .last("read", program) }
    let bytes = try readBytes(output.file, named: program)
    return ProgramResult(
        status: raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f), output: String(decoding: bytes, as: UTF8.self)
    )
}

/// Starts a program that outlives its caller and the caller's terminal: in a session of its own, in `/`, with `/dev/null` as
/// standard streams, no other descriptor, default signal handling, and only PATH in the environment. `posix_spawn(3)`,
/// glibc 2.34.
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

/// Returns attributes by which a program starts with default signal handling and no signal blocked, with further flags of
/// `posix_spawnattr_setflags(3)`. The caller destroys them.
private func defaultSignals(and flags: CInt = 0) -> posix_spawnattr_t {
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
