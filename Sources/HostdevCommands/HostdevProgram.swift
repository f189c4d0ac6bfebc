internal import ArgumentParser
internal import Glibc
internal import Passthrough

/// The program: its verbs, and what all of them have in common.
struct HostdevProgram: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hostdev",
        abstract: "Gives a container a piece of the host, and takes it back as it was.",
        discussion: """
            Containers are named ENGINE:NAME: pid:4242 for the namespaces of a process, netns:blue or netns:/path for a \
            network namespace. Exit codes are those of sysexits(3).
            """,
        version: hostdevVersion,
        subcommands: [
            Attach.self, Detach.self, List.self, DumpXML.self, Check.self, Recover.self, ContainersVerb.self,
            Validate.self,
            Convert.self,
        ])
}

/// The version that `--version` prints.
let hostdevVersion = "0.1.0"

/// Runs the program with the arguments of its process, and ends with the exit status of the contract.
public func runHostdev() -> Never {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
        var verb = try HostdevProgram.parseAsRoot(arguments)
        try verb.run()
        exit(0)
    } catch let error as PassthroughError {
        Output(arguments: arguments).fail(error)
    } catch let status as ExitStatus {
        exit(status.rawValue)
    } catch let error as RejectedDocument {
        Output(arguments: arguments).fail(error)
    } catch {
        // Help and version come as errors too, with a status of 0.
        let status = HostdevProgram.exitCode(for: error)
        guard status == .success else {
            let message = HostdevProgram.message(for: error)
            Output(arguments: arguments).fail(
                PassthroughError(.usage, message, hint: "hostdev --help"),
                fullText: HostdevProgram.fullMessage(for: error))
        }
        HostdevProgram.exit(withError: error)
    }
}
