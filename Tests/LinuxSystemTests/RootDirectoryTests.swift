import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

/// A root whose content is hostile: no path below it leads out of it.
@Suite struct RootDirectoryTests {
    private func inTree(_ body: (FilePath) throws -> Void) throws {
        let folder = FilePath(try sh("mktemp -d /tmp/hostdev-test.XXXXXX").split(separator: "\n")[0].description)
        defer { _ = try? sh("rm -rf '\(folder)'") }
        try sh(
            """
            cd \(folder); mkdir root outside; echo secret > outside/file; mkdir root/dev root/etc; echo mine > root/etc/file
            ln -s ../outside root/up; ln -s \(folder)/outside root/absolute; ln -s /etc root/inside
            ln -s /proc/self/root root/magic; ln -s loop root/loop
            """)
        try body(folder)
    }

    @Test func linksAreFollowedInside() throws {
        try inTree { folder in
            let root = try RootDirectory(folder.appending("root"))
            #expect(try root.status("/inside/file").size == 5)
            #expect(try root.directory("/inside").status("file") != nil)
        }
    }

    @Test(arguments: ["/up/file", "/absolute/file", "/../outside/file", "/../../../../etc/passwd"])
    func nothingLeadsOut(path: String) throws {
        try inTree { folder in
            let root = try RootDirectory(folder.appending("root"))
            let error = #expect(throws: SystemError.self) { try root.status(FilePath(path)) }
            #expect(error?.code == .noSuchFileOrDirectory)
        }
    }

    @Test(arguments: ["/magic/etc/passwd", "/loop"])
    func linksOfProcAndLoopsAreRefused(path: String) throws {
        try inTree { folder in
            try sh(
                "mkdir \(folder)/root/proc; mount --bind /proc \(folder)/root/proc; rm \(folder)/root/magic; ln -s /proc/self/root \(folder)/root/magic"
            )
            defer { _ = try? sh("umount \(folder)/root/proc") }
            let root = try RootDirectory(folder.appending("root"))
            let error = #expect(throws: SystemError.self) { try root.status(FilePath(path)) }
            #expect(error?.code == .tooManySymbolicLinkLevels)
        }
    }

    @Test func anEntryIsChangedOnlyIfItIsStillTheSame() throws {
        try inTree { folder in
            let root = try RootDirectory(folder.appending("root"))
            let directory = try root.directory("/etc")
            let identity = try #require(try directory.status("file")).identity
            try sh("cd \(folder)/root/etc; mv file old; ln -s \(folder)/outside/file file")
            let error = #expect(throws: SystemError.self) {
                try directory.setOwner("file", ifStill: identity, user: 1, group: 1, mode: 0o777)
            }
            #expect(error?.code == .fileExists)
            #expect(try FileStatus.of(folder.appending("outside/file")).mode == 0o644)
        }
    }
}
