import Glibc
import LinuxSystem
import Synchronization
import TestHost

/// A day of a host, in an hour: containers, devices, and those who give and take them.
final class Soak: Sendable {
    let settings: Settings
    let ledger = Ledger()
    let hostdev: HostdevRuns
    let slots: Slots
    let interfaces: [SoakInterface]
    /// What has nodes.
    let units: [any SoakUnit]
    let watch: WatchProcess
    /// What the interfaces were before anything was done with them.
    let before: HostState
    /// What was mounted then.
    let mounts: Set<String>
    /// What the watcher had in use before anything was attached.
    let first: WatchProcess.Sample?
    /// The signs of interfaces that containers have moved on, to where nobody keeps them: they end with that place.
    let movedOn = Mutex<Set<String>>([])
    /// Who gives something passes, who makes an interface does so alone: it is there before it is as it is to be.
    let making = Gate()
    private let gate = Gate()
    private let isOver = Atomic(false)

    /// Makes the host: it is this process's own already.
    init(_ settings: Settings) throws {
        self.settings = settings
        hostdev = HostdevRuns(program: settings.program, ledger: ledger)
        slots = Slots(count: settings.containers, tag: settings.tag)
        var random = SeededRandom(seed: settings.seed)
        try Mount.fileSystem("tmpfs", on: "/run")
        try sh(
            """
            ip link set lo up
            ip netns add lab
            ip link add base type veth peer name base-peer netns lab
            ip link set base up; ip -n lab link set base-peer up
            """)
        interfaces = SoakInterface.all(radios: settings.isGuest ? 4 : 0, &random)
        for interface in interfaces { try interface.plugIn() }
        let loops = LoopDevice.numbers.map { LoopDevice($0) }
        for loop in loops { _ = loop.plugIn() }
        units = settings.isGuest ? loops + (try (0..<6).map { _ in try SCSIDisk() }) : loops
        before = try HostState.settled(of: interfaces.map(\.name))
        watch = try WatchProcess(settings.program)
        first = watch.sample(at: 0)
        mounts = try Self.mounts()
    }

    /// What is mounted here, but for the namespaces with names, which are the containers'.
    static func mounts() throws -> Set<String> {
        Set(try readText("/proc/thread-self/mountinfo").lines.map(String.init).filter { !$0.contains(" /run/netns") })
    }

    func stopEarly() {
        isOver.store(true, ordering: .relaxed)
    }

    /// Returns when the time is over, all is home, and all has been looked at.
    func run() {
        let workers = (0..<settings.workers).map { number in
            startThread { [self] in
                var worker = Worker(self, number: number)
                while !isOver.load(ordering: .relaxed) { gate.pass { worker.doSomething() } }
                // Containers end with the thread that has started them.
                gate.pass {}
                while ledger.all.events["the end"] == nil { usleep(10_000) }
            }
        }
        var inspection = Inspection(self)
        while ledger.elapsed < settings.seconds, !isOver.load(ordering: .relaxed) {
            for _ in 0..<Self.secondsBetweenPauses where !isOver.load(ordering: .relaxed) {
                sleep(1)
                if watch.sample(at: ledger.elapsed) == nil { ledger.fault("the watcher has gone") }
            }
            gate.close()
            inspection.atRest()
            gate.open()
        }
        stopEarly()
        gate.close()
        inspection.atTheEnd()
        ledger.count("the end")
        gate.open()
        for worker in workers { pthread_join(worker, nil) }
    }

    private static let secondsBetweenPauses = 20
}
