import ArgumentParser
import Testing

@testable import HostdevCommands

@Suite struct HostdevProgramTests {
    @Test(arguments: HostdevProgram.configuration.subcommands.compactMap { $0.configuration.commandName })
    func helpOfAVerbNamesTheProgram(verb: String) throws {
        #expect(try asked([verb, "--help"]).contains("USAGE: hostdev \(verb)"))
        #expect(try asked(["help", verb]).contains("USAGE: hostdev \(verb)"))
    }

    @Test(arguments: HostdevProgram.configuration.subcommands.compactMap { $0.configuration.commandName })
    func complaintsAboutAVerbNameTheProgram(verb: String) throws {
        let error = #expect(throws: (any Error).self) { try HostdevProgram.verb([verb, "--bogus"]) }
        #expect(HostdevProgram.fullMessage(for: try #require(error)).contains("hostdev \(verb)"))
    }

    @Test func everyVerbHasAName() {
        for verb in HostdevProgram.configuration.subcommands { #expect(verb.configuration.commandName != nil) }
    }

    /// Returns the output of a command line that asks for help.
    private func asked(_ arguments: [String]) throws -> String {
        var verb = try HostdevProgram.verb(arguments)
        let help = #expect(throws: (any Error).self) { try verb.run() }
        return HostdevProgram.fullMessage(for: try #require(help))
    }
}
