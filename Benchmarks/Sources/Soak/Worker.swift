import Glibc
import TestHost

/// Does one thing after the other, as its own random numbers say.
struct Worker {
    let soak: Soak
    private var random: SeededRandom

    init(_ soak: Soak, number: Int) {
        self.soak = soak
        random = SeededRandom(seed: soak.settings.seed &* 1_000 &+ UInt64(number))
    }

    mutating func doSomething() {
        do {
            switch random.number(0..<100) {
            case ..<28: soak.making.pass { attach() }
            case ..<46: detach()
            case ..<60: soak.making.pass { apply() }
            case ..<64: soak.hostdev.run("recover", killAfter: killAfter())
            case ..<70: look()
            case ..<80: try disturb()
            case ..<86: end()
            case ..<92: try plug()
            case ..<95: try announce()
            default: break
            }
            // What has ended is replaced.
            let number = random.number(0..<soak.slots.count)
            try soak.slots.start(number)
        } catch {
            soak.ledger.fault("a container or a device of the test's own: \(error)")
        }
    }

    private mutating func container() -> String? {
        soak.slots[random.number(0..<soak.slots.count)]?.reference
    }

    /// One run of eight is killed, within the time that most take.
    private mutating func killAfter() -> Int? {
        random.happens(12) ? random.number(0..<30_000) : nil
    }

    private mutating func attach() {
        guard let container = container() else { return }
        let options = random.happens(20) ? ["--force"] : random.happens(10) ? ["--dry-run"] : []
        if random.happens(50) {
            let names = random.some(1..<4, of: soak.interfaces).map { interface in
                random.happens(50) ? "\(interface.name):lan\(random.number(0..<6))" : interface.name
            }
            soak.hostdev.run(
                "attach", [container] + names.flatMap { ["--net", $0] } + options, killAfter: killAfter())
        } else {
            soak.hostdev.run("attach", [container, "-"] + options, input: document(), killAfter: killAfter())
        }
    }

    private mutating func apply() {
        guard let container = container() else { return }
        let options = random.happens(20) ? ["--dry-run"] : []
        soak.hostdev.run("apply", [container, "-"] + options, input: document(), killAfter: killAfter())
    }

    private mutating func detach() {
        guard let container = container() else { return }
        let what: [String]
        switch random.number(0..<4) {
        case 0: what = ["--all"]
        case 1 where random.happens(50): what = random.some(1..<4, of: soak.interfaces).flatMap { ["--net", $0.name] }
        case 1: what = random.some(1..<3, of: soak.units).flatMap(\.option)
        default:
            let attached = soak.hostdev.attachments()?.filter { $0.container == container } ?? []
            what = random.some(1..<3, of: attached).flatMap { attachment in
                attachment.type == "net"
                    ? ["--net", attachment.source.name] : soak.units.first { $0.isMeant(by: attachment) }?.option ?? []
            }
        }
        guard !what.isEmpty else { return }
        let options = random.happens(30) ? ["--if-attached"] : []
        soak.hostdev.run("detach", [container] + what + options, killAfter: killAfter())
    }

    private mutating func document() -> String {
        let interfaces = random.some(0..<4, of: soak.interfaces).enumerated().map { index, interface in
            let target = random.happens(50) ? "<target name='net\(index)'/>" : ""
            let address = random.happens(30) ? "<ip address='192.0.2.\(interface.number + 1)' prefix='24'/>" : ""
            return "<hostdev mode='capability'><source name='\(interface.name)'/>\(target)\(address)</hostdev>"
        }
        let nodes = random.some(0..<3, of: soak.units).map { $0.hostdev(isReadOnly: random.happens(30)) }
        return "<devices>\(interfaces.joined())\(nodes.joined())</devices>"
    }

    private mutating func look() {
        switch random.number(0..<4) {
        case 0: soak.hostdev.run("list")
        case 1: soak.hostdev.run("check")
        case 2: soak.hostdev.run("containers")
        default:
            if let container = container() { soak.hostdev.run("dumpxml", [container]) }
        }
    }

    private mutating func disturb() throws {
        guard let container = soak.slots[random.number(0..<soak.slots.count)] else { return }
        let (name, script) = Disturbances.any(&random)
        // That it cannot be done, or that the container ends meanwhile, is nobody's fault.
        let output = try container.disturb(script).output
        let signs = output.split(separator: "\n").filter { $0.hasPrefix("moved on ") }.map { String($0.dropFirst(9)) }
        soak.movedOn.withLock { $0.formUnion(signs) }
        soak.ledger.count("in containers: \(name)")
    }

    private mutating func end() {
        guard let container = soak.slots.take(random.number(0..<soak.slots.count)) else { return }
        container.end(byForce: random.happens(50))
        soak.ledger.count("containers that ended: \(container.kind)")
    }

    /// A device goes, or one that has gone comes back.
    private mutating func plug() throws {
        let (goes, isCable) = (random.happens(50), random.happens(50))
        if isCable {
            let cable = random.some(1..<2, of: soak.interfaces.filter { $0.canGo && $0.isPresent == goes }).first
            if goes, try cable?.unplug() == true { soak.ledger.count("interfaces that went") }
            if !goes, let cable { try soak.making.passAlone { _ = try cable.plugIn() } }
        } else {
            let unit = random.some(1..<2, of: soak.units.filter { $0.isPresent == goes }).first
            if goes, unit?.unplug() == true { soak.ledger.count("units that went") }
            if !goes { unit?.plugIn() }
        }
    }

    /// The kernel tells of a device again and again.
    private mutating func announce() throws {
        let unit = soak.units[random.number(0..<soak.units.count)]
        let number = random.number(0..<100_000)
        _ = try run([
            "sh", "-c",
            """
            for i in $(seq 200); do echo change > \(unit.announcement); done 2> /dev/null
            for i in $(seq 50); do
                printf 'link add f\(number) type veth peer name g\(number)\\nlink del f\(number)\\n'
            done | ip -batch -
            """,
        ])
        soak.ledger.count("floods of announcements")
    }
}
