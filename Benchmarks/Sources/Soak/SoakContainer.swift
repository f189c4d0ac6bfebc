import Glibc
import LinuxSystem
import Synchronization
import SystemPackage
import TestHost

/// A container that runs, until it is ended. Its number is never another's.
final class SoakContainer: Sendable {
    enum Kind: CaseIterable, Sendable {
        /// Made of namespaces alone, with a control group that filters devices where version 1 does that.
        case plain, userNamespace
        /// A network namespace with a name.
        case namespace
        case runc, lxc
    }

    let kind: Kind
    let reference: String
    /// Its init process; 0 for a namespace.
    let process: Int32
    private let container: TestContainer?
    private let engine: (any EngineContainer)?
    /// Its directory in the hierarchy of version 1 that filters devices, where it has its own.
    let group: String?
    private let name: String

    /// Whether it has a `/dev`.
    var hasNodes: Bool { kind != .namespace }

    init(_ kind: Kind, name: String) throws {
        self.kind = kind
        self.name = name
        switch kind {
        case .plain, .userNamespace:
            group = try Self.makeGroup(name)
            let groups = group.map { [FilePath($0)] } ?? []
            let made = try TestContainer(.init(userNamespace: kind == .userNamespace, groups: groups))
            (container, engine, process, reference) = (made, nil, made.id, made.reference)
        case .namespace:
            try sh("ip netns add \(name); ip -n \(name) link set lo up")
            (container, engine, process, reference, group) = (nil, nil, 0, "netns:\(name)", nil)
        case .runc, .lxc:
            let which: Engine = kind == .runc ? .runc : .lxc
            let layout = isHybrid ? ControlGroupLayout.hybrid : .unified
            let made = try which.start(name: name, layout: layout)
            (container, engine, process, reference, group) = (nil, made, made.id, which.prefix + name, nil)
        }
    }

    private static func makeGroup(_ name: String) throws -> String? {
        guard isHybrid else { return nil }
        let group = "/sys/fs/cgroup/devices/\(name)"
        try sh(
            """
            mkdir \(group); echo a > \(group)/devices.deny
            for rule in 'c 1:3 rwm' 'c 1:5 rwm' 'c 1:8 rwm'; do echo "$rule" > \(group)/devices.allow; done
            """)
        return group
    }

    /// What a group allows that nobody has given anything.
    static let ownRules: Set<String> = ["c 1:3 rwm", "c 1:5 rwm", "c 1:8 rwm"]

    /// Ends it, as it happens: from outside, or by its engine.
    func end(byForce: Bool) {
        if process != 0, byForce || container != nil { kill(process, SIGKILL) }
        container?.end()
        engine?.stop()
        if kind == .namespace { _ = try? sh("ip netns del \(name)") }
        // A process that has ended leaves its group a moment later.
        if let group { _ = try? sh("for i in $(seq 200); do rmdir \(group) 2> /dev/null && exit; sleep 0.01; done") }
        _ = try? sh("rm -rf /run/hostdev-roots/\(name) /run/hostdev-bundles/\(name) \(LXCHost.path)/\(name)")
    }

    /// Runs a script of the host's programs in its network, and in its processes, with which that ends.
    func disturb(_ script: String) throws -> CommandResult {
        let inside =
            kind == .namespace
            ? ["ip", "netns", "exec", name] : ["nsenter", "--target", "\(process)", "--net", "--pid"]
        return try run(inside + ["timeout", "--signal", "KILL", "5", "sh", "-c", script])
    }

    /// Which of these nodes a process of the container can open.
    func opened(_ paths: [String]) throws -> Set<String> {
        let script = paths.map { "(: < \($0)) 2> /dev/null && echo \($0)\n" }.joined() + ":"
        let result =
            if let engine {
                try engine.run(["/bin/sh", "-c", script])
            } else {
                try run([
                    "sh", "-c", "\(group.map { "echo $$ > \($0)/cgroup.procs;" } ?? "") exec \"$@\"", "sh", "nsenter",
                    "--target", "\(process)", "--all", "sh", "-c", script,
                ])
            }
        guard result.status == 0 else { throw CommandFailed(result: result) }
        return Set(result.output.split(separator: "\n").map(String.init))
    }
}

/// Whether version 1 of control groups filters devices, with version 2 beside it.
let isHybrid = access("/sys/fs/cgroup/devices", F_OK) == 0

/// The places of containers: each is empty, or one runs there.
final class Slots: Sendable {
    private final class Slot: Sendable {
        let place = Mutex<SoakContainer?>(nil)
    }

    private let all: [Slot]
    private let made = Atomic(0)
    private let tag: String

    init(count: Int, tag: String) {
        all = (0..<count).map { _ in Slot() }
        self.tag = tag
    }

    var count: Int { all.count }
    var running: [SoakContainer] { all.compactMap { $0.place.withLock { $0 } } }

    /// Nil: none runs there, or one is being started.
    subscript(number: Int) -> SoakContainer? { all[number].place.withLockIfAvailable { $0 } ?? nil }

    /// Starts one where none runs: of every ten two have a user namespace, one is a namespace with a name, and of the first
    /// four two are those of engines.
    func start(_ number: Int) throws {
        try all[number].place.withLockIfAvailable { place in
            guard place == nil else { return }
            let kind: SoakContainer.Kind =
                switch number {
                case 0: .runc
                case 1: .lxc
                default: number % 10 < 7 ? .plain : number % 10 < 9 ? .userNamespace : .namespace
                }
            place = try SoakContainer(kind, name: "\(tag)-\(made.add(1, ordering: .relaxed).newValue)")
        }
    }

    /// Makes the place empty. Nil: it was.
    func take(_ number: Int) -> SoakContainer? { all[number].place.withLockIfAvailable { $0.take() } ?? nil }
}
