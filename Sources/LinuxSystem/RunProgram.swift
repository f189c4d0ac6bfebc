internal import CLinux
internal import Glibc
internal import SystemPackage

/// How a program ended.
public struct ProgramResult: Hashable, Sendable {
    /// Its exit status; 128 + N where signal N ended it.
    public let status: Int32
    /// What it wrote to standard output and standard error, in its order.
    public let output: String
}

/// Runs a program to its end: found on PATH, its arguments as they are, without a shell, nothing on its standard input,
/// every signal as it is by default, and with this process's environment.
///
/// - Throws: ENOENT: there is no such program.
public func runProgram(_ program: String, _ arguments: [String]) throws(SystemError) -> ProgramResult {
    // A file and no pipe: what the program leaves in the background may keep that open.
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
