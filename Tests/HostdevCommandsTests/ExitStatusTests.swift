import ArgumentParser
import Passthrough
import Testing

@testable import HostdevCommands

@Suite struct ExitStatusTests {
    /// The contract: each code of the error document with its exit status.
    @Test(arguments: [
        (PassthroughError.Code.usage, Int32(64)), (.invalidDocument, 65), (.noSuchFile, 66), (.noSuchContainer, 69),
        (.noSuchDevice, 69), (.notAttached, 69), (.internal, 70), (.busy, 75), (.inUse, 75), (.notPermitted, 77),
        (.alreadyAttached, 1), (.nameTaken, 1), (.notSupported, 1), (.kernel, 1), (.incompleteUndo, 1),
    ])
    func ofEachCode(code: PassthroughError.Code, status: Int32) {
        #expect(ExitStatus(code).rawValue == status)
    }

    @Test func timesAreInUTC() {
        #expect(timestamp(1_795_341_600) == "2026-11-22T10:00:00Z")
        #expect(timestamp(0) == "1970-01-01T00:00:00Z")
    }

    @Test func columnsLineUp() {
        #expect(
            table(["A", "LONG"], [["wide cell", "x"], ["y", "z"]]) == [
                "A          LONG", "wide cell  x", "y          z",
            ])
    }
}
