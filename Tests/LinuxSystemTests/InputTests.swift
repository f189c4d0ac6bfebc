import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

@Suite struct InputTests {
    private func inFolder(_ body: (FilePath) throws -> Void) throws {
        let folder = FilePath(try sh("mktemp -d /tmp/hostdev-test.XXXXXX").split(separator: "\n")[0].description)
        defer { _ = try? sh("rm -rf '\(folder)'") }
        try body(folder)
    }

    @Test func readsFilesAndPipes() throws {
        try inFolder { folder in
            try sh("cd \(folder); printf 12345 > file; mkfifo pipe")
            #expect(try readInput(folder.appending("file"), limit: 100, timeout: .seconds(1)).count == 5)
            #expect(try readInput(folder.appending("file"), limit: 2, timeout: .seconds(1)).count > 2)
            // A writer that comes late, and writes twice.
            try onThrowawayHost {
                let script = "sleep 0.2; exec > \(folder)/pipe; printf 123; sleep 0.2; printf 45"
                let writer = try RunningCommand(["sh", "-c", script])
                #expect(try readInput(folder.appending("pipe"), limit: 100, timeout: .seconds(5)).count == 5)
                try writer.wait()
            }
        }
    }

    @Test(arguments: [
        ("none", Errno.noSuchFileOrDirectory),
        (".", Errno.isDirectory),
        // A FIFO that nobody writes to.
        ("pipe", Errno.timedOut),
    ])
    func whatCannotBeRead(name: String, code: Errno) throws {
        try inFolder { folder in
            try sh("mkfifo \(folder)/pipe")
            let error = #expect(throws: SystemError.self) {
                _ = try readInput(folder.appending(name), limit: 100, timeout: .milliseconds(100))
            }
            #expect(error?.code == code)
        }
    }
}
