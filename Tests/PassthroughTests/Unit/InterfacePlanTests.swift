import CNetlink
import HostdevModel
import LinuxSystem
import Synchronization
import SystemPackage
import Testing

@testable import Netlink
@testable import Passthrough

/// Plans of interfaces and what is done by them, over a fake of the kernel.
@Suite struct InterfacePlanTests {
    /// A plan for eth0 with an address of the host's and one of the document's.
    private func plan(host: FakeKernel, inside: FakeKernel) throws -> InterfacePlan {
        let change = Sample.interface(
            5, "eth0",
            [
                (.address, Sample.address([192, 0, 2, 7], 24)),
                (.address, Sample.address([169, 254, 0, 1], 16, scope: 253)),
            ])
        let snapshot = try InterfaceSnapshot(change)
        var device = NetDevice(source: .name(try InterfaceName("eth0")), inheritsAddresses: true)
        device.addresses = [try InterfaceAddress(IPPrefix("198.51.100.1/32"))]
        device.mtu = try MTU(UInt32(1_400))
        let sockets = InterfaceSockets(
            host: try NetlinkSocket(over: host), try Namespace.current(.network),
            inside: try NetlinkSocket(over: inside), try Namespace.current(.network))
        return InterfacePlan(
            sockets: sockets, device: device, snapshot: snapshot, present: snapshot.link, containerIndex: 5,
            containerName: "lan0", inherited: InterfacePlan.inherited(device, snapshot), unseen: ["/proc/9/ns/net"])
    }

    @Test func steps() throws {
        let plan = try plan(host: FakeKernel(), inside: FakeKernel())
        #expect(
            plan.steps.map(\.description) == [
                "move eth0: into the container as lan0", "set-link eth0: mtu 1400, up",
                "add-address eth0: 192.0.2.7/24",
                "add-address eth0: 198.51.100.1/32",
            ])
        #expect(plan.unrestorable.map(\.device) == ["eth0"])
        let change = try #require(plan.foretold as? InterfaceChange)
        #expect((change.containerIndex, change.containerName) == (5, "lan0"))
    }

    private func events(_ body: (Backend) throws -> Void) rethrows -> [String] {
        final class Log: Sendable { let lines = Mutex<[String]>([]) }
        let log = Log()
        let backend = Backend(state: StateDirectory("/nonexistent")) { event in
            let kind =
                switch event.kind {
                case .started: "started"
                case .finished: "finished"
                case .failed(let error): "failed with \(error.code.rawValue)"
                }
            log.lines.withLock { $0.append("\(kind) \(event.step.step) \(event.attachment ?? "-")") }
            #expect(event.time > .seconds(1_700_000_000))
        }
        try body(backend)
        return log.lines.withLock { $0 }
    }

    @Test func applied() throws {
        let there: [[FakeKernel.Part]] = [[.message(Sample.link(5, "lan0"))], [.answer()]]
        let (host, inside) = (
            FakeKernel([[.answer()]]), FakeKernel(there, [[.answer()]], [[.answer()]], [[.answer()]], there)
        )
        let plan = try plan(host: host, inside: inside)
        let events = try events { backend in
            try plan.move("a1", backend)
            try plan.setUp("a1", backend)
        }
        #expect(
            events == [
                "started move a1", "finished move a1", "started set-link a1", "finished set-link a1",
                "started add-address a1", "finished add-address a1", "started add-address a1",
                "finished add-address a1",
            ])
        #expect(
            inside.requests.map { Int32($0.message.type) }
                == [
                    RTM_GETLINK, RTM_NEWLINK, RTM_NEWADDR, RTM_NEWADDR, RTM_GETLINK,
                ].map { Int32($0) })
    }

    /// A refusal ends the step and the rest.
    @Test func refused() throws {
        let there: [[FakeKernel.Part]] = [[.message(Sample.link(5, "lan0"))], [.answer()]]
        let inside = FakeKernel(there, [[.answer()]], [[.answer(.fileExists)]])
        let plan = try plan(host: FakeKernel(), inside: inside)
        let events = events { backend in
            #expect(throws: NetlinkError.self) { try plan.setUp("a1", backend) }
        }
        #expect(
            events == [
                "started set-link a1", "finished set-link a1", "started add-address a1",
                "failed with kernel add-address a1",
            ])
    }

    /// Another interface under the number, or another name, is not taken for it.
    @Test(arguments: [("lan0", 6), ("lan1", 5)])
    func another(name: String, hardware: Int32) throws {
        let inside = FakeKernel([[.message(Sample.link(hardware, name))], [.answer()]])
        let plan = try plan(host: FakeKernel(), inside: inside)
        let error = events { backend in
            let error = #expect(throws: PassthroughError.self) { try plan.setUp("a1", backend) }
            #expect(error?.code == (hardware == 5 ? .nameTaken : .kernel))
        }
        #expect(error == [])
    }

    @Test func found() throws {
        let two: [[FakeKernel.Part]] = [
            [.message(Sample.link(5, "eth0")), .message(Sample.link(6, "eth1"))], [.done()],
        ]
        let byAddress = NetDevice.Source.mac(try MACAddress("02:00:00:00:00:06"))
        #expect(try byAddress.find(on: NetlinkSocket(over: FakeKernel(two)))?.name == "eth1")
        let none = NetDevice.Source.mac(try MACAddress("02:00:00:00:00:07"))
        #expect(try none.find(on: NetlinkSocket(over: FakeKernel(two))) == nil)
        let twice: [[FakeKernel.Part]] = [
            [.message(Sample.link(6, "eth0")), .message(Sample.link(6, "eth1"))], [.done()],
        ]
        let error = #expect(throws: PassthroughError.self) {
            try byAddress.find(on: NetlinkSocket(over: FakeKernel(twice)))
        }
        #expect(error?.code == .usage && error?.hint == Hint(.nameOne))
    }

    // MARK: Guards

    private func refusal(
        _ others: [(InterfaceChange.Message.Subject, KernelMessage)], session: String? = nil,
        routes: [[FakeKernel.Part]]...
    ) throws -> Hint? {
        let snapshot = try InterfaceSnapshot(Sample.interface(5, "eth0", others))
        let fake = FakeKernel(replies: routes)
        do {
            try InterfaceGuards(snapshot: snapshot, uppers: .none) { session }.check(on: NetlinkSocket(over: fake))
            return nil
        } catch let error as PassthroughError {
            #expect(error.code == .inUse && error.device == "eth0")
            #expect(error.hint?.isOverridable == true)
            return error.hint
        }
    }

    @Test func guards() throws {
        let session = "192.0.2.99 40000 192.0.2.7 22"
        let own = (InterfaceChange.Message.Subject.address, Sample.address([192, 0, 2, 7], 24))
        #expect(try refusal([(.master, Sample.link(9, "br0"))]) == Hint(.removeFromMaster, "eth0"))
        #expect(try refusal([(.route, Sample.route(0, 5))]) == Hint(.changeDefaultRoute, "eth0"))
        #expect(try refusal([own], session: session) == Hint(.changeSession, "eth0"))
        // The SSH session's own address is on another interface, but packets to its other end go by this one.
        let way: [[FakeKernel.Part]] = [[.message(Sample.route(32, 5)), .answer()]]
        #expect(
            try refusal([(.route, Sample.route(24, 5))], session: session, routes: way) == Hint(.changeSession, "eth0"))
    }
}
