internal import ArgumentParser
internal import LinuxSystem
internal import Passthrough

/// The program: its verbs, and what all of them have in common.
struct HostdevProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostdev",
        abstract: "Gives a container a piece of the host, and takes it back as it was.",
        discussion: """
            Containers are named ENGINE:NAME: lxc:web, libvirt:web, machine:web, podman:web, docker:web, lxd:web, \
            incus:web, oci:ID, pid:4242 for the namespaces of a process, netns:blue or netns:/path for a network \
            namespace; or by a bare name that one engine knows. Exit codes are those of sysexits(3).
            """,
        version: hostdevVersion,
        subcommands: [
            Attach.self, Detach.self, Apply.self, List.self, DumpXML.self, Check.self, Recover.self, Watch.self,
            ContainersVerb.self, Doctor.self, NodeDeviceVerb.self, Validate.self, Convert.self,
        ])

    /// The verb that a command line asks for. Each verb gives its name itself: ArgumentParser would work it out from the
    /// name of the type, for which the runtime looks at every conformance of the program.
    ///
    /// Read as a program of its own, a verb takes half the time of looking for it in the tree of all verbs. What it
    /// cannot make sense of is for the whole program to answer: help and complaints name that.
    static func verb(_ arguments: [String]) throws -> any ParsableCommand {
        let rest = Array(arguments.dropFirst())
        if let verb = plain(arguments.first, rest) { return verb }
        if let verb = configuration.subcommands.first(where: { $0.configuration.commandName == arguments.first }),
            let parsed = try? verb.parseAsRoot(rest), type(of: parsed) == verb
        {
            return parsed
        }
        return try parseAsRoot(arguments)
    }

    /// A plain command line of the verbs that engines and scripts call for each of their containers.
    private static func plain(_ verb: String?, _ rest: [String]) -> (any ParsableCommand)? {
        switch verb {
        case "attach": Attach(fast: rest)
        case "detach": Detach(fast: rest)
        default: nil
        }
    }
}

/// The version that `--version` prints.
let hostdevVersion = "0.1.0"

/// Runs the program with the arguments of its process, and ends with the exit status of the contract.
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
        // Help and version come as errors too, with a status of 0.
        switch HostdevProgram.exitCode(for: error) {
        case .success:
            writeOutput(document: HostdevProgram.fullMessage(for: error))
            endProgram(0)
        case .validationFailure:
            Output(arguments: arguments).fail(
                PassthroughError(.usage, HostdevProgram.message(for: error), hint: "hostdev --help"),
                fullText: HostdevProgram.fullMessage(for: error))
        default: Output(arguments: arguments).fail(PassthroughError(.internal, "\(error)"))
        }
    }
}

/// The exit statuses, those of sysexits(3).
enum ExitStatus: Int32, Error {
    case failed = 1
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
        case .alreadyAttached, .nameTaken, .notSupported, .kernel, .incompleteUndo: self = .failed
        }
    }
}
