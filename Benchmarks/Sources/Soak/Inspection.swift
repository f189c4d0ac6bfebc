import Glibc
import LinuxSystem
import SystemPackage
import TestHost

/// Looks at everything while nobody does anything: each device is in one place, and that is the one that the records say.
struct Inspection {
    let soak: Soak
    private var ledger: Ledger { soak.ledger }

    init(_ soak: Soak) {
        self.soak = soak
    }

    /// In the middle of it. What has gone comes back at the end.
    mutating func atRest() {
        ledger.count("looks at everything")
        guard let attachments = settled() else { return }
        do {
            let current = forget(attachments)
            try lookAtInterfaces(current)
            // Whose interface a container has moved on to where it ended has been detached from all.
            try lookAtNodes(soak.hostdev.attachments() ?? [])
            try lookAtProcesses(current)
        } catch {
            ledger.fault("cannot look: \(error)")
        }
        for interface in soak.interfaces { _ = try? interface.plugIn() }
        for unit in soak.units { unit.plugIn() }
    }

    /// Everything goes home, first by detach and then because its container ends; then nothing is left.
    mutating func atTheEnd() {
        atRest()
        let running = soak.slots.running
        for container in running.dropLast(running.count / 2) {
            soak.hostdev.run("detach", [container.reference, "--all", "--if-attached"])
        }
        atRest()
        for number in 0..<soak.slots.count { soak.slots.take(number)?.end(byForce: true) }
        atRest()
        do {
            if let left = soak.hostdev.attachments(), !left.isEmpty { ledger.fault("left: \(left)") }
            let files = try sh("find /run/hostdev ! -type d ! -path '*/locks/watcher'")
            if !files.isEmpty { ledger.fault("left in the state directory: \(files)") }
            let mounts = try Soak.mounts().symmetricDifference(soak.mounts)
            if !mounts.isEmpty { ledger.fault("mounts are others than before: \(mounts.sorted())") }
            if let first = soak.first, let last = soak.watch.sample(at: ledger.elapsed),
                last.descriptors != first.descriptors
            {
                ledger.fault("the watcher has \(last.descriptors) descriptors, and had \(first.descriptors)")
            }
            let stop = try soak.watch.stop()
            if stop.status != 0 { ledger.fault("the watcher ended: \(stop)") }
            let processes = try programs()
            if !processes.isEmpty { ledger.fault("left running: \(processes)") }
        } catch {
            ledger.fault("cannot look: \(error)")
        }
    }

    /// What is attached when the watcher has come to rest. Nil: it does not.
    private func settled() -> [Attached]? {
        var last: [Attached] = []
        for _ in 0..<600 {
            guard let attachments = soak.hostdev.attachments() else { return nil }
            let running = Set(soak.slots.running.map(\.reference))
            last = attachments.filter { attachment in
                let isAway =
                    attachment.state == "away"
                    && soak.units.contains { $0.isMeant(by: attachment) && !$0.isPresent }
                return !running.contains(attachment.container) || (attachment.state != "attached" && !isAway)
            }
            let held = (try? sh("find /run/hostdev/transactions /run/hostdev/locks -type f ! -name watcher")) ?? ""
            if last.isEmpty, held.isEmpty { return attachments }
            usleep(100_000)
        }
        ledger.fault("no rest: \(last)\n\(soak.watch.complaints)")
        return nil
    }

    /// Takes back what has gone, as its owner would who has read of it, and returns what is attached still.
    private func forget(_ attachments: [Attached]) -> [Attached] {
        let gone = attachments.filter { attachment in
            guard let interface = soak.interfaces.first(where: { $0.name == attachment.source.name }) else {
                return false
            }
            return !interface.isPresent || interface.address != attachment.source.mac
        }
        for container in Set(gone.map(\.container)) {
            // Whose name is another's by now cannot be named.
            soak.hostdev.run("detach", [container, "--all"])
        }
        ledger.count("records of interfaces that had gone", gone.count)
        return gone.isEmpty ? attachments : soak.hostdev.attachments() ?? []
    }

    private func lookAtInterfaces(_ attachments: [Attached]) throws {
        let state = try HostState(of: soak.interfaces.map(\.name))
        let places = try Places()
        for interface in soak.interfaces {
            let records = attachments.filter { $0.type == "net" && $0.source.name == interface.name }
            let found = places.of(interface.sign)
            let whereabouts = "\(interface.name) is in \(found.map(\.description))"
            guard interface.isPresent else {
                if !found.isEmpty || !records.isEmpty { ledger.fault("\(whereabouts) and has gone: \(records)") }
                continue
            }
            if found.isEmpty, soak.movedOn.withLock({ $0.contains(interface.sign) }) {
                for record in records { soak.hostdev.run("detach", [record.container, "--all"]) }
                ledger.count("interfaces that ended where a container had moved them on to")
                interface.isLost()
                continue
            }
            guard found.count == 1, records.count <= 1, let place = found.first else {
                ledger.fault("\(whereabouts), records \(records)")
                continue
            }
            if let record = records.first {
                guard let container = soak.slots.running.first(where: { $0.reference == record.container }) else {
                    continue
                }
                if !place.isIn(container) { ledger.fault("\(whereabouts), and not in \(record)") }
            } else if !place.isHost {
                ledger.fault("\(whereabouts), and in no record")
            } else {
                soak.movedOn.withLock { _ = $0.remove(interface.sign) }
                let changes = state.changes(of: interface.name, since: soak.before, address: interface.address)
                if !changes.isEmpty { ledger.fault("\(interface.name) is not as it was:\n\(changes)") }
            }
        }
    }

    private func lookAtNodes(_ attachments: [Attached]) throws {
        let paths = nodes(below: "")
        for container in soak.slots.running where container.hasNodes {
            let nodes = attachments.filter { $0.container == container.reference && $0.state == "attached" }
                .flatMap { $0.target.nodes ?? [] }
            let there = self.nodes(below: "/proc/\(container.process)/root")
            let expected = Set(nodes.map(\.path))
            if there != expected {
                let history = ledger.history(of: container.reference)
                ledger.fault(
                    "\(container.reference) has \(there.sorted()), and should have \(expected.sorted()):\n\(history)")
            }
            let opened = try container.opened(paths.union(there).sorted())
            if opened != expected {
                ledger.fault("\(container.reference) opens \(opened.sorted()), and should \(expected.sorted())")
            }
            guard let group = container.group else { continue }
            let rules = Set(
                try readText(FilePath("\(group)/devices.list")).lines.map { rule in
                    String(rule.prefix { $0 != " " }) + " " + String(rule.fields[1])
                })
            let meant = Set(nodes.map { "\($0.type == "block" ? "b" : "c") \($0.major):\($0.minor)" })
                .union(SoakContainer.ownRules.map { String($0.dropLast(4)) })
            if rules != meant {
                ledger.fault("\(container.reference) is allowed \(rules.sorted()), not \(meant.sorted())")
            }
        }
    }

    /// Nodes as those of the units are called.
    private func nodes(below root: String) -> Set<String> {
        let names = (try? directoryEntries(FilePath("\(root)/dev"))) ?? []
        return Set(names.filter { ["loop77", "sg", "sd"].contains(where: $0.hasPrefix) }.map { "/dev/\($0)" })
    }

    /// One watcher and nothing else, with a descriptor for each container that has something, and a mount at most.
    private func lookAtProcesses(_ attachments: [Attached]) throws {
        let programs = try programs()
        if programs != [soak.watch.id] { ledger.fault("running: \(programs), the watcher is \(soak.watch.id)") }
        let pins = try Soak.mounts().subtracting(soak.mounts)
        if pins.count > attachments.count || pins.contains(where: { !$0.contains(" /run/hostdev/namespaces/") }) {
            ledger.fault("\(attachments.count) records, and mounts \(pins.sorted())")
        }
        let containers = Set(attachments.map(\.container))
        if let first = soak.first, let now = soak.watch.sample(at: ledger.elapsed),
            now.descriptors > first.descriptors + containers.count
        {
            ledger.fault("the watcher has \(now.descriptors) descriptors for \(containers.count) containers")
        }
    }

    private func programs() throws -> [Int32] {
        try directoryEntries("/proc").compactMap { Int32($0) }.filter { id in
            (try? readLink(processFile(id, "exe"))) == soak.settings.program
        }
    }
}
