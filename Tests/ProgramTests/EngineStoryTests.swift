import DeviceAccess
import Glibc
import LinuxSystem
import SystemPackage
import TestHost
import Testing

/// What a user does with a container of each engine, by its names. Rules of version 1 here, which hosts do not share: those
/// of version 2 have ``EngineTests``.
@Suite struct EngineStoryTests {
    struct Host: Sendable, CustomTestStringConvertible {
        let engine: Engine
        let userNamespace: Bool
        var testDescription: String { "\(engine)\(userNamespace ? ", user namespace" : "")" }
        var name: String { "hostdev-story-\(getpid())-\(engine)\(userNamespace ? "-users" : "")" }
    }

    static let hosts = Engine.allCases.flatMap { engine in
        [false, true].map { Host(engine: engine, userNamespace: $0) }
    }

    /// An interface and a node, by each name that the container has; and when it is killed with both, all comes home.
    @Test(arguments: hosts) func aContainerIsGivenWhatItsNameSays(host: Host) throws {
        let document = """
            <devices>
              <hostdev mode='capability'><source name='eth0'/><target name='lan0'/></hostdev>
              <hostdev mode='capability' type='storage'>
                <source dev='/dev/loop3'/><permissions mode='0600' uid='0' gid='0'/>
              </hostdev>
            </devices>
            """
        try onThrowawayHost {
            let (engine, name) = (host.engine, host.name)
            try engine.layout.enter()
            let container = try engine.start(name: name, userNamespace: host.userNamespace, layout: engine.layout)
            defer { container.stop() }
            try HostInterface.make()
            let before = (interface: try HostInterface.dump(), files: try container.sh("ls -lR /dev"))
            // LXC's are bare names below its own path only.
            func hostdev(_ arguments: String..., input: String = "") throws -> CommandResult {
                try Program.run(arguments, input: input, environment: ["LXC_PATH": "/run/lxc-containers"])
            }
            func attach(_ reference: String) throws {
                let result = try hostdev("attach", reference, "-", input: document)
                #expect(result.status == 0, "\(result)")
                #expect(try sh("nsenter --target \(container.id) --net ip -br link show lan0").contains("lan0"))
                let opened = try container.run(["/bin/dd", "if=/dev/loop3", "count=0"])
                #expect(opened.status == 0, "\(opened)")
            }

            let names = [engine.prefix + name, name, container.fullID.map { engine.prefix + $0.prefix(9) }]
                .compactMap(\.self)
            for (reference, other) in zip(names, names.dropFirst() + names.prefix(1)) {
                try attach(reference)
                #expect(try hostdev("check", other).status == 0)
                let result = try hostdev("detach", other, "--all")
                #expect(result.status == 0, "\(result)")
                #expect(try HostInterface.changes(since: before.interface) == "", "\(reference)")
                #expect(try container.sh("ls -lR /dev") == before.files)
            }

            try attach(name)
            let group = try DeviceControlGroups(of: container.id).v1
            kill(container.id, SIGKILL)
            try awaitEnd(of: container.id)
            let recover = try hostdev("recover")
            #expect(recover.status == 0, "\(recover)")
            #expect(try HostInterface.changes(since: before.interface) == "")
            #expect(try sh("find /run/hostdev -type f; grep /run/hostdev /proc/self/mounts || true") == "")
            // The group may have gone with the container.
            if let list = group.flatMap({ try? readText($0.directory.appending("devices.list")) }) {
                #expect(!list.contains("b 7:3"))
            }
            #expect(try hostdev("attach", name, "-", input: document).status == 69)
        }
    }
}
