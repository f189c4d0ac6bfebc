import Passthrough
import Synchronization
import TestHost
import Testing

/// The library as a client uses it, with its one import, on a real kernel.
@Suite struct LibraryTests {
    private final class Log<Element: Sendable>: Sendable {
        private let elements = Mutex<[Element]>([])
        func add(_ element: Element) { elements.withLock { $0.append(element) } }
        var all: [Element] { elements.withLock { $0 } }
    }

    private static var net: Hostdev {
        get throws {
            let address = try InterfaceAddress(IPPrefix("192.0.2.1/24"))
            return Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth0")), addresses: [address])))
        }
    }

    /// What a container has when it ends, the watcher returns; stopped, it returns nothing more.
    @Test func aWatcherThatIsStartedAndStopped() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let backend = Backend(state: StateDirectory("/run/hostdev"))
            let log = Log<String>()
            let watcher = try backend.startWatcher { event in
                switch event {
                case .watching: log.add("watching")
                case .takenBack(let attachment): log.add("returned \(attachment.id)")
                default: log.add("\(event)")
                }
            }
            try until("[ -e /run/hostdev/locks/watcher ]")
            #expect(backend.isWatched)
            var container = try TestContainer()
            let attached = try backend.attach([try Self.net], to: ContainerReference(container.reference)).attached
            container.end()
            try until("ip link show eth0 && ! ls /run/hostdev/attachments/*")
            try watcher.stop()
            try watcher.stop()
            #expect(log.all == ["watching", "returned \(attached[0].id)"])
            #expect(!backend.isWatched)

            container = try TestContainer()
            _ = try backend.attach([try Self.net], to: ContainerReference(container.reference))
            container.end()
            #expect(try backend.attachments().map(\.state) == [.attached])
            #expect(try backend.recover().detached.count == 1)
        }
    }

    @Test func eventsOfAnAttachAndADetach() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let log = Log<Event>()
            let backend = Backend(state: StateDirectory("/run/hostdev")) { log.add($0) }
            let container = try TestContainer()
            let outcome = try backend.attach([try Self.net], to: ContainerReference(container.reference))
            let id = try #require(outcome.attached.first?.id)
            _ = try backend.detach(attachment: id)
            #expect(log.all.allSatisfy { $0.attachment == id && $0.step.device == "eth0" })
            #expect(log.all.map(\.time) == log.all.map(\.time).sorted())
            let steps = ["move", "set-link", "add-address", "take-back"]
            #expect(log.all.map(\.step.step) == steps.flatMap { [$0, $0] })
            #expect(log.all.map(\.kind) == steps.flatMap { _ in [.started, .finished] })
        }
    }

    /// A container whose process has not changed its root yet, as an engine's hook sees it.
    @Test func aContainerThatAHookWasToldOf() throws {
        try onThrowawayHost {
            try sh("mkdir /run/bundle; mkfifo /run/go /run/went; ip link add eth0 type veth peer name peer")
            let process = try RunningCommand([
                "unshare", "--net", "--mount", "--propagation", "private", "sh", "-ec",
                """
                mount -t tmpfs tmpfs /run/bundle
                cd /run/bundle
                mkdir dev old usr; mount --rbind /usr usr; ln -s usr/bin usr/lib usr/lib64 .
                mount -t tmpfs -o mode=755 tmpfs dev
                echo > /run/went
                read go < /run/go
                pivot_root . old
                echo > old/run/went
                exec sleep infinity
                """,
            ])
            defer { process.end() }
            try sh("read went < /run/went")
            let (host, id) = (Backend(state: StateDirectory("/run/hostdev")), process.id)
            let paths = ContainerPaths(
                network: FilePath("/proc/\(id)/ns/net"), root: FilePath("/proc/\(id)/root/run/bundle"))
            let reference = ContainerReference(engine: "pid", name: "\(id)")
            let zero = Hostdev(.misc(DeviceFile(source: try DevicePath("/dev/zero"))))
            // What fails is undone in the root that is to be.
            var twice = try Self.net
            if case .net(var net) = twice.device {
                net.addresses += net.addresses
                twice.device = .net(net)
            }
            let error = #expect(throws: PassthroughError.self) {
                try host.attach([zero, twice], to: Container(reference, process: id, paths))
            }
            #expect(error?.errno == .fileExists && error?.device == "eth0" && error?.failures == [])
            #expect(try sh("ls /proc/\(id)/root/run/bundle/dev; ls /run/hostdev/attachments") == "")
            let outcome = try host.attach([try Self.net, zero], to: Container(reference, process: id, paths))
            #expect(outcome.attached.count == 2)
            #expect(try sh("stat -c %t:%T /proc/\(id)/root/run/bundle/dev/zero") == "1:5\n")
            try sh("echo > /run/go; read went < /run/went")
            #expect(try sh("stat -c %t:%T /proc/\(id)/root/dev/zero") == "1:5\n")
            #expect(try host.check(reference).isEmpty)
            #expect(try host.detach([.all], from: reference).detached.count == 2)
            #expect(try sh("ls /proc/\(id)/root/dev; ip -o link show eth0 | wc -l") == "1\n")
        }
    }

    @Test func aContainerThatHasEnded() throws {
        let error = #expect(throws: ContainerError.self) {
            _ = try Container(ContainerReference("pid:1"), process: .max, ContainerPaths())
        }
        #expect(error?.code == .noSuchContainer)
    }
}
