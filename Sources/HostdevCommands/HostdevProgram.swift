internal import ArgumentParser
internal import LinuxSystem
internal import Passthrough

/// The `hostdev` program with its verbs.
struct HostdevProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostdev",
        abstract: "Attaches devices of the host to running containers, and gives them back unchanged.",
        discussion: """
            A container is named ENGINE:NAME, for example lxc:web, libvirt:web, machine:web, podman:web, docker:web, \
            lxd:web, incus:web, openvz:101 or oci:ID. pid:4242 names the namespaces of a process; netns:blue and \
            netns:/path name a network namespace. A name without an engine is looked up in all engines. The exit \
            statuses are those of sysexits(3).
            """,
        version: hostdevVersion,
        subcommands: [
            Attach.self, Detach.self, Apply.self, List.self, DumpXML.self, Check.self, Recover.self, Watch.self,
            ContainersVerb.self, Doctor.self, NodeDeviceVerb.self, Validate.self, Convert.self,
        ])

    /// Parses a command line.
    ///
    /// Parsing a verb as a program of its own takes half the time of parsing it as a subcommand. If that fails, the
    /// whole program parses the command line again, so that help and errors show the full command. Each verb has an
    /// explicit `commandName`: to derive it from the name of the type, the runtime would look at every conformance of
    /// the program.
    static func verb(_ arguments: [String]) throws -> any ParsableCommand {
        let rest = Array(arguments.dropFirst())
        if let verb = parseFast(arguments.first, rest) { return verb }
        if let verb = configuration.subcommands.first(where: { $0.configuration.commandName == arguments.first }),
            let parsed = try? verb.parseAsRoot(rest), type(of: parsed) == verb
        {
            return parsed
        }
        return try parseAsRoot(arguments)
    }

    /// Parses the verbs that engines and scripts call for each container, if their command line is simple.
    private static func parseFast(_ verb: String?, _ rest: [String]) -> (any ParsableCommand)? {
        switch verb {
        case "attach": Attach(fast: rest)
        case "detach": Detach(fast: rest)
        default: nil
        }
    }
}

/// The version that `--version` prints.
let hostdevVersion = "0.1.0"

/// Runs the program with the arguments of the process, and exits with its status.
public func runHostdev() -> Never {
    prepareStandardStreams()
    let arguments = programArguments()
    do {
        var verb = try HostdevProgram.verb(arguments)
        try verb.run()
        endProgram(0)
    } catch let error as PassthroughError {
        Output(arguments: arguments).fail(error)
    } catch let status as ExitStatus {
        endProgram(status.rawValue)
    } catch let error as RejectedDocument {
        Output(arguments: arguments).fail(error)
    } catch {
        // ArgumentParser also throws help and version, with an exit status of 0.
        switch HostdevProgram.exitCode(for: error) {
        case .success:
            writeOutput(document: HostdevProgram.fullMessage(for: error))
            endProgram(0)
        case .validationFailure:
            Output(arguments: arguments).fail(
                PassthroughError(.usage, HostdevProgram.message(for: error), hint: .words("hostdev --help")),
                fullText: HostdevProgram.fullMessage(for: error))
        default: Output(arguments: arguments).fail(PassthroughError(.internal, "\(error)"))
        }
    }
}

/// The exit statuses of sysexits(3), and two of our own.
enum ExitStatus: Int32, Error {
    case failed = 1
    /// `check` found a difference, or `apply --dry-run` found something to do.
    case drift = 2
    case usage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case outputLost = 74
    case temporary = 75
    case noPermission = 77

    init(_ code: PassthroughError.Code) {
        switch code {
        case .usage: self = .usage
        case .invalidDocument: self = .badData
        case .noSuchFile: self = .noInput
        case .noSuchContainer, .noSuchDevice, .notAttached: self = .unavailable
        case .inUse, .busy: self = .temporary
        case .notPermitted: self = .noPermission
        case .internal: self = .software
        default: self = .failed
        }
    }
}
