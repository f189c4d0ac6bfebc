import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

@Suite struct ProcessTests {
    @Test func aPinnedProcessDies() throws {
        try onThrowawayHost {
            let command = try RunningCommand(["sleep", "1000"])
            let process = try ProcessDescriptor(command.id)
            let before = try process.isAlive
            command.end()
            let after = try process.isAlive
            #expect(before && !after)
            let error = #expect(throws: SystemError.self) { _ = try ProcessDescriptor(command.id) }
            #expect(error?.code == .noSuchProcess)
        }
    }

    /// The name of a program may look like the rest of the line.
    @Test func theStatusOfAProgramWithAStrangeName() throws {
        try onThrowawayHost {
            let command = try RunningCommand(["sh", "-c", "printf '%s' ') R 7 (' > /proc/self/comm; sleep 1000"])
            defer { command.end() }
            try sh("until grep -qF ') R 7' /proc/\(command.id)/comm; do sleep 0.01; done")
            let status = try ProcessStatus(of: command.id)
            #expect(status.parent != 7)
            #expect(status.startTime > 0)
            #expect(try namespaceIDs(of: command.id) == [command.id])
        }
    }

    @Test func aNamespaceIsOneOfItsKind() throws {
        let own = try Namespace.current(.network).identity
        let again = try Namespace.current(.network).identity
        let other = try onThrowawayHost { try Namespace.current(.network).identity }
        #expect(again == own)
        #expect(other != own)
        let error = #expect(throws: SystemError.self) { _ = try Namespace(.network, path: "/proc/self/ns/mnt") }
        #expect(error?.code == .invalidArgument)
    }
}
