import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import Containers

@Suite struct ContainersTests {
    @Test func pinsAProcess() throws {
        try onThrowawayHost {
            let made = try TestContainer()
            let container = try Containers.container(ContainerReference(made.reference))
            let (reference, process, wasAlive) = (container.reference, container.process?.id, try container.isAlive)
            #expect(reference.description == made.reference)
            #expect(process == made.id)
            #expect(wasAlive)
            let namespace = try Namespace(.network, path: processFile(made.id, "ns/net")).identity
            let pinned = container.network.identity
            #expect(pinned == namespace)
            let files = container.files
            #expect(files?.userIDs.isIdentity == true)
            let null = try files?.root.status("/dev/null").device
            #expect(null == DeviceNumber(.character, 1, 3))
            made.end()
            let isAlive = try container.isAlive
            #expect(!isAlive)
            let error = #expect(throws: ContainerError.self) {
                _ = try Containers.container(ContainerReference(made.reference))
            }
            #expect(error?.code == .noSuchContainer)
        }
    }

    @Test func knowsAUserNamespace() throws {
        try onThrowawayHost {
            let made = try TestContainer(.init(userNamespace: true))
            let found = try Containers.container(ContainerReference(made.reference)).files
            let files = try #require(found)
            #expect(!files.userIDs.isIdentity)
            #expect(files.userIDs.outside(0) == 100_000)
            #expect(files.groupIDs.outside(7) == 100_007)
            #expect(files.userIDs.outside(65_536) == nil)
        }
    }

    @Test func pinsANamedNetworkNamespace() throws {
        try onThrowawayHost {
            try sh("ip netns add blue")
            for name in ["netns:blue", "netns:/run/netns/blue", "blue"] {
                let container = try Containers.container(ContainerReference(name))
                let (process, files, isAlive) = (container.process, container.files, try container.isAlive)
                #expect(process == nil)
                #expect(files == nil)
                #expect(isAlive)
                let (pinned, made) = (container.network.identity, try FileStatus.of("/run/netns/blue").identity)
                #expect(pinned == made)
            }
        }
    }

    @Test(arguments: [
        ("netns:none", ContainerError.Code.noSuchContainer),
        ("netns:/etc/passwd", .noSuchContainer),
        ("netns:../netns/blue", .invalidReference),
        ("pid:0", .invalidReference), ("pid:-1", .invalidReference), ("pid:+1", .invalidReference),
        ("pid:99999999999", .invalidReference),
        ("pid:4194303", .noSuchContainer),
        ("none", .noSuchContainer),
    ])
    func refuses(reference: String, code: ContainerError.Code) throws {
        try onThrowawayHost {
            let error = #expect(throws: ContainerError.self) {
                _ = try Containers.container(ContainerReference(reference))
            }
            #expect(error?.code == code, "\(error.debugDescription)")
        }
    }

    @Test func listsWhatRuns() throws {
        try onThrowawayHost {
            try sh("ip netns add blue; touch /run/netns/broken")
            let plain = try TestContainer()
            let user = try TestContainer(.init(userNamespace: true))
            let running = Containers.running().containers
            #expect(running.contains { $0.reference.description == plain.reference && !$0.hasUserNamespace })
            #expect(running.contains { $0.reference.description == user.reference && $0.hasUserNamespace })
            #expect(running.filter { $0.reference.engine == "netns" }.map(\.reference.name) == ["blue"])
        }
    }
}
