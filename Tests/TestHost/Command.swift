internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// A program that ran to its end: what it wrote and how it ended.
public struct CommandResult: Sendable, CustomStringConvertible {
    /// The command line, for messages.
    public let command: String
    /// The exit status; 128 + N for one that signal N ended.
    public let status: Int32
    /// What it wrote to standard output.
    public let output: String
    /// What it wrote to standard error.
    public let errors: String

    /// All of it, for a failed expectation.
    public var description: String { "\(command)\nexit \(status)\n\(output)\(errors)" }
}

/// A program that failed where a test needed it to work.
public struct CommandFailed: Error, CustomStringConvertible {
    /// How it ended.
    public let result: CommandResult

    /// From how it ended.
    public init(result: CommandResult) {
        self.result = result
    }

    /// The result's text.
    public var description: String { result.description }
}

/// A started program. It lives in the namespaces of the thread that starts it, and dies with that thread.
public final class RunningCommand: @unchecked Sendable {
    /// Its process number.
    public let id: Int32
    private let command: [String]
    private let output: Descriptor
    private let errors: Descriptor
    private var status: Int32?

    /// Starts a program found on PATH.
    public init(_ command: [String], input: String = "", environment: [String: String] = [:]) throws {
        self.command = command
        let input = try Self.temporaryFile(holding: input)
        output = try Self.temporaryFile()
        errors = try Self.temporaryFile()
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, input.file.rawValue, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, output.file.rawValue, 1)
        unsafe posix_spawn_file_actions_adddup2(&actions, errors.file.rawValue, 2)

        var variables: [String] = []
        var position = unsafe environ
        while let variable = unsafe position.pointee {
            variables.append(unsafe String(cString: variable))
            unsafe position += 1
        }
        variables += environment.map { "\($0)=\($1)" }
        // The kernel kills it when the thread that started it ends, so that no failing test leaves it behind.
        let arguments = ["setpriv", "--pdeathsig", "KILL", "--"] + command
        let argv = unsafe arguments.map { unsafe strdup($0) } + [nil]
        let envp = unsafe variables.map { unsafe strdup($0) } + [nil]
        defer { unsafe (argv + envp).forEach { unsafe free($0) } }
        // The threads that run tests have signals blocked, which programs inherit.
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var id: pid_t = 0
        let result = unsafe posix_spawnp(&id, "setpriv", &actions, &attributes, argv, envp)
        guard result == 0 else { throw SystemError(Errno(rawValue: result), "start", command.joined(separator: " ")) }
        self.id = id
    }

    deinit { if status == nil { end() } }

    /// What it has written to standard output so far.
    public var outputSoFar: String { (try? Self.contents(output)) ?? "" }

    /// Waits for its end.
    @discardableResult
    public func wait() throws -> CommandResult {
        if status == nil {
            var raw: CInt = 0
            while unsafe waitpid(id, &raw, 0) < 0 && SystemPackage.Errno(rawValue: Glibc.errno) == .interrupted {}
            status = raw & 0x7f == 0 ? (raw >> 8) & 0xff : 128 + (raw & 0x7f)
        }
        return CommandResult(
            command: command.joined(separator: " "), status: status ?? -1, output: try Self.contents(output),
            errors: try Self.contents(errors))
    }

    /// Kills it and waits for its end.
    public func end() {
        kill(id, SIGKILL)
        _ = try? wait()
    }

    private static func temporaryFile(holding text: String = "") throws -> Descriptor {
        let options = FileDescriptor.OpenOptions(rawValue: 0o20_200_000 /* O_TMPFILE */)
        let file = try Descriptor.open("/tmp", .readWrite, options: options, permissions: [.ownerReadWrite])
        _ = try file.file.writeAll(Array(text.utf8))
        _ = try file.file.seek(offset: 0, from: .start)
        return file
    }

    private static func contents(_ file: borrowing Descriptor) throws -> String {
        var bytes = [UInt8](repeating: 0, count: Int(try file.status().size))
        let count = try unsafe bytes.withUnsafeMutableBytes {
            try unsafe file.file.read(fromAbsoluteOffset: 0, into: $0)
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}

/// Runs a program to its end, in the calling thread's namespaces.
public func run(_ command: [String], input: String = "", environment: [String: String] = [:]) throws -> CommandResult {
    try RunningCommand(command, input: input, environment: environment).wait()
}

/// Runs a shell script that must work, in the calling thread's namespaces, and returns its standard output.
@discardableResult
public func sh(_ script: String) throws -> String {
    let result = try run(["sh", "-ec", script])
    guard result.status == 0 else { throw CommandFailed(result: result) }
    return result.output
}
