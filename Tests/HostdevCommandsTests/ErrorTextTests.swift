import Passthrough
import Testing

@testable import HostdevCommands

/// The words of the program for the errors and hints of the library.
@Suite struct ErrorTextTests {
    private static let route = PassthroughError(
        .kernel, "eth0: add route default: Network is unreachable", device: "eth0")

    @Test func theHintIsInParentheses() {
        let error = PassthroughError(.inUse, "eth0 is a port of br0", hint: Hint(.removeFromMaster, "eth0"))
        #expect(error.text == "eth0 is a port of br0 (take it out of there, or use --force)")
        #expect(PassthroughError(.kernel, "why").text == "why")
    }

    @Test func whatCouldNotBeRestored() {
        let asked = PassthroughError(incompleteUndo: [Self.route, PassthroughError(.busy, "b", hint: .words("wait"))])
        #expect(asked.text == "\(Self.route.message); b (wait)")
        let failed = PassthroughError(.nameTaken, "lan0 is taken").with(failedUndo: [Self.route])
        #expect(
            failed.text
                == "lan0 is taken; and not everything could be put back: \(Self.route.message) (hostdev recover tries again)"
        )
        #expect(ErrorDocument(failed).error.code == "incomplete-undo")
    }

    @Test func aCodeOfALaterReleaseIsItsSubject() {
        #expect(Hint(Hint.Code(rawValue: "brew"), "drink tea").text == "drink tea")
        #expect(ExitStatus(PassthroughError.Code(rawValue: "out-of-tea")) == .failed)
    }
}
