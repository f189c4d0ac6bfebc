import FoundationEssentials
import Glibc
import TestHost

/// Runs the program and holds it to its contract: its exit statuses, one JSON document, and an end.
struct HostdevRuns: Sendable {
    let program: String
    let ledger: Ledger

    /// The statuses that a command may end with when all that is asked for is well said and permitted.
    private static let statuses: [String: Set<Int32>] = [
        "attach": [0, 1, 69, 75], "detach": [0, 1, 69, 75], "apply": [0, 1, 2, 69, 75], "recover": [0, 1, 75],
        "check": [0, 2, 69], "list": [0, 69], "containers": [0, 1], "dumpxml": [0, 69],
    ]
    /// After so many seconds it hangs.
    private static let patience = 120

    /// Runs it, and kills it after a number of microseconds where that is given. Nil: it was killed.
    @discardableResult
    func run(_ verb: String, _ arguments: [String] = [], input: String = "", killAfter: Int? = nil) -> CommandResult? {
        let format = verb == "dumpxml" ? [] : ["--format", "json"]
        let command = [program, verb] + arguments + format
        let limit = killAfter == nil ? ["timeout", "--signal", "ABRT", "\(Self.patience)"] : []
        do {
            let running = try RunningCommand(limit + command, input: input)
            if let killAfter {
                usleep(UInt32(killAfter))
                kill(running.id, SIGKILL)
            }
            let result = try running.wait()
            let isKilled = killAfter != nil && result.status == 128 + SIGKILL
            let deed = isKilled ? "killed" : "exit \(result.status) \(result.output.prefix(300))"
            ledger.note("\(command.dropFirst().joined(separator: " ")) \(input) \(deed)", of: arguments.first ?? verb)
            if isKilled {
                ledger.count(verb, ended: "killed")
                return nil
            }
            judge(verb, result, input)
            return result
        } catch {
            ledger.fault("\(verb) cannot be run: \(error)")
            return nil
        }
    }

    private func judge(_ verb: String, _ result: CommandResult, _ input: String) {
        ledger.count(verb, ended: "\(result.status)")
        guard Self.statuses[verb]?.contains(result.status) == true else {
            return ledger.fault("\(result)\(input)")
        }
        guard verb != "dumpxml", result.status != 0, result.status != 2 else { return }
        guard let failure = try? decode(ErrorDocument.self, result).error else {
            return ledger.fault("no document: \(result)\(input)")
        }
        ledger.count(refusal: "\(verb), \(failure.code): \(Self.kind(failure.message))")
        if failure.code == "internal" { ledger.fault("\(result)\(input)") }
    }

    /// A message without the names and numbers in it.
    private static func kind(_ message: String) -> String {
        message.split(separator: " ").prefix(40).map { word in
            word.contains(where: \.isNumber) ? "…" : String(word)
        }.joined(separator: " ")
    }

    /// What `list` says.
    func attachments() -> [Attached]? {
        guard let result = run("list"), result.status == 0 else { return nil }
        do {
            return try decode(Listing.self, result).attachments
        } catch {
            ledger.fault("\(error): \(result)")
            return nil
        }
    }
}

/// The document of `list`.
struct Listing: Decodable {
    let attachments: [Attached]
}

/// What the program says of an attachment.
struct Attached: Decodable, Sendable {
    struct Source: Decodable, Sendable {
        let name: String
        let mac: String?
        let wwid: String?
    }
    struct Target: Decodable, Sendable {
        struct Node: Decodable, Sendable {
            let path: String
            let type: String
            let major: UInt32
            let minor: UInt32
        }
        let name: String?
        let nodes: [Node]?
    }

    let id: String
    let container: String
    let state: String
    let type: String
    let source: Source
    let target: Target
}
