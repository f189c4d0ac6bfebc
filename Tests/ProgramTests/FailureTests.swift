import TestHost
import Testing

/// Any call to the kernel may fail, for want of descriptors, of memory, of room, or because a signal came in between. Then a
/// run says so with its exit status, unless it has done its work all the same; and what it leaves is attached, or as before, or
/// a record by which `recover` brings it to the one or the other.
@Suite struct FailureTests {
    /// What is attached.
    enum Kind: String, CaseIterable, Sendable {
        case interface, node

        var options: [String] { self == .interface ? ["--net", "eth0:lan0"] : ["--misc", "/dev/zero:/dev/a/b"] }
        /// Of how many calls one is to fail: an interface takes many more.
        var stride: Int { self == .interface ? 71 : 19 }
        /// For the shell of a container that has it.
        var isThere: String { self == .interface ? "ip link show lan0" : "head -c 1 /dev/a/b" }
        /// For the shell of one that has nothing of it.
        var isGone: String {
            self == .interface ? "! ip link show lan0 2> /dev/null" : "! find /dev | grep -E '^/dev/a|hostdev'"
        }
    }

    /// A host with what can be attached, and a container whose devices are filtered.
    private final class Place {
        let kind: Kind
        let before: String
        var container: RuncContainer

        init(_ kind: Kind, _ name: String) throws {
            self.kind = kind
            if kind == .interface { try HostInterface.make() }
            try sh("ip link add eth1 type veth peer name p1; ip addr add 203.0.113.1/24 dev eth1; ip link set eth1 up")
            before = kind == .interface ? try HostInterface.dump() : ""
            container = try RuncContainer("\(name)-\(kind)")
        }

        func run(_ verb: String, _ arguments: [String], _ failure: Failures.Failure? = nil) throws -> CommandResult {
            try Program.run([verb, container.reference] + arguments, environment: failure?.environment ?? [:])
        }

        /// Whether the container has it, as `list` says; and then it has it.
        func isAttached(_ place: String) throws -> Bool {
            let list = try Program.run("list")
            #expect(list.status == 0, "\(place): \(list)")
            guard list.output.contains(" attached ") else { return false }
            try expectAttached(place)
            return true
        }

        func expectAttached(_ place: String) throws {
            let inside = try container.run(["sh", "-ec", kind.isThere])
            #expect(inside.status == 0, "\(place): \(inside)")
        }

        func expectBefore(_ place: String) throws {
            let inside = try container.run(["sh", "-ec", kind.isGone])
            #expect(inside.status == 0, "\(place): \(inside)")
            if kind == .interface { #expect(try HostInterface.changes(since: before) == "", "\(place)") }
            #expect(try sh("ip addr show dev eth1").contains("203.0.113.1/24"), "\(place)")
            try expectNothingLeft(place)
        }

        func recover(_ place: String) throws {
            let recover = try Program.run("recover")
            #expect(recover.status == 0, "\(place): \(recover)")
        }
    }

    /// Goes through the calls of a run, until one comes to its end without the failure.
    private func campaign(
        _ kind: Kind, _ name: String, oneOf stride: Int, _ body: (Place, Failures.Failure) throws -> CommandResult
    ) throws {
        try onThrowawayHost {
            let place = try Place(kind, name)
            defer { place.container.end() }
            var count = 0
            for failure in Failures(oneOf: stride) {
                let result = try body(place, failure)
                guard Failures.happened(in: result) else {
                    #expect(result.status == 0, "\(failure): \(result)")
                    break
                }
                count += 1
            }
            #expect(count >= 3)
        }
    }

    @Test(arguments: Kind.allCases)
    func attach(kind: Kind) throws {
        try campaign(kind, "fail-attach", oneOf: kind.stride) { place, failure in
            let result = try place.run("attach", kind.options, failure)
            let isAttached = try place.isAttached("\(failure): \(result)")
            #expect(isAttached || result.status != 0, "\(failure): \(result)")
            try place.recover("\(failure): \(result)")
            if isAttached {
                #expect(try place.run("detach", ["--all"]).status == 0, "\(failure)")
            }
            try place.expectBefore("\(failure): \(result)")
            return result
        }
    }

    @Test(arguments: Kind.allCases)
    func detach(kind: Kind) throws {
        try campaign(kind, "fail-detach", oneOf: kind.stride) { place, failure in
            let attach = try place.run("attach", kind.options)
            #expect(attach.status == 0, "\(failure): \(attach)")
            let result = try place.run("detach", ["--all"], failure)
            if result.status == 0 {
                try place.expectBefore("\(failure): \(result)")
            } else {
                try place.recover("\(failure): \(result)")
                if try place.isAttached("\(failure): \(result)") {
                    #expect(try place.run("detach", ["--all"]).status == 0, "\(failure)")
                }
                try place.expectBefore("\(failure): \(result)")
            }
            return result
        }
    }

    @Test(arguments: Kind.allCases)
    func apply(kind: Kind) throws {
        let wanted =
            kind == .interface
            ? "<source name='eth0'/><target name='lan0'/></hostdev>"
            : "<source dev='/dev/zero'/><target dev='/dev/a/b'/></hostdev>"
        let document = "<hostdev mode='capability' type='\(kind == .interface ? "net" : "misc")'>\(wanted)"
        try campaign(kind, "fail-apply", oneOf: kind.stride) { place, failure in
            #expect(try place.run("attach", ["--net", "eth1"]).status == 0, "\(failure)")
            func apply(_ environment: [String: String]) throws -> CommandResult {
                try Program.run(["apply", place.container.reference, "-"], input: document, environment: environment)
            }
            let result = try apply(failure.environment)
            if result.status == 0 {
                try place.expectAttached("\(failure): \(result)")
            } else {
                try place.recover("\(failure): \(result)")
                let again = try apply([:])
                #expect(again.status == 0, "\(failure): \(result) \(again)")
                try place.expectAttached("\(failure): \(result)")
            }
            #expect(try place.run("detach", ["--all"]).status == 0, "\(failure)")
            try place.expectBefore("\(failure): \(result)")
            return result
        }
    }

    /// What recovers.
    enum Recovery: String, CaseIterable, Sendable {
        case recover, watch
    }

    @Test(arguments: Recovery.allCases, Kind.allCases)
    func recovery(recovery: Recovery, kind: Kind) throws {
        try campaign(kind, "fail-\(recovery)", oneOf: kind.stride) { place, failure in
            let attach = try place.run("attach", kind.options)
            #expect(attach.status == 0, "\(failure): \(attach)")
            place.container.end()
            let verb = recovery == .recover ? ["recover"] : ["watch", "--until-idle"]
            let result = try run(["timeout", "120", Program.path] + verb, environment: failure.environment)
            #expect(result.status != 124, "\(failure): \(result)")
            // Also when it has done its work: the file of a lock may be left, which the next run takes away.
            try place.recover("\(failure): \(result)")
            place.container = try RuncContainer("fail-\(recovery)-\(kind)")
            try place.expectBefore("\(failure): \(result)")
            return result
        }
    }
}
