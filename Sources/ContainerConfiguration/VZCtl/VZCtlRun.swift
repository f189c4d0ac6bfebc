internal import ByteStrings
internal import Containers
internal import DeviceAccess
internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import Passthrough
internal import SystemPackage

/// One change of an OpenVZ container by vzctl.
///
/// vzctl reads the conf before it takes its lock, and waits for nobody. So the conf is read anew before each attempt, and of
/// what is in it later only our own words are ever taken out: all else is somebody's.
final class VZCtlRun {
    let container: OpenVZContainer
    private let scope: VZCtlScope
    private let vzctl: VZCtl
    private let backend: Backend
    private let deadline: ContinuousClock.Instant
    /// What vzctl was asked, and what it wrote.
    private var said = ""
    /// What vzctl may have put into the conf, and the conf right before.
    private var added: [ConfiguredEntry] = []
    private var before: OpenVZConf?

    init(_ reference: ContainerReference, scope: VZCtlScope, backend: Backend) throws {
        guard let container = try ConfiguredContainers.container(reference) as? OpenVZContainer else {
            throw PassthroughError(
                .usage, "\(reference) is no container of OpenVZ's, whose containers vzctl changes",
                hint: Hint(.withoutVZCtl))
        }
        self.container = container
        self.scope = scope
        self.backend = backend
        deadline = .now.advanced(by: backend.timeout)
        vzctl = VZCtl(id: container.id)
        if !scope.isLive { try refuseRunning() }
    }

    /// vzctl gives a running container what it saves.
    private func refuseRunning() throws {
        do throws(ContainerError) {
            _ = try Containers.container(container.reference)
        } catch {
            guard error.code == .noSuchContainer else { throw error }
            return
        }
        throw PassthroughError(
            .usage, "\(container.reference) runs, and vzctl gives a running container what it saves",
            hint: Hint(.withoutVZCtlOrLive))
    }

    /// The words that say devices to vzctl, and can be added to the conf as it is now.
    func entries(for hostdevs: [Hostdev]) throws -> [(hostdev: Hostdev, entry: ConfiguredEntry)] {
        guard scope.isSaved else {
            return try hostdevs.flatMap { hostdev in
                try hostdev.openVZEntries().map { (hostdev, try ConfiguredEntry($0)) }
            }
        }
        var conf = try container.text()
        try conf.refuseLosses(in: container.path)
        return try ConfigurationChange.add(hostdevs, to: &conf, of: container, backend: backend)
    }

    private func all(_ options: [String]) -> [String] { options + (scope.isSaved ? ["--save"] : []) }

    func step(_ options: [String]) -> Step { Step("run", container.reference.description, vzctl.command(all(options))) }

    /// Has vzctl add devices.
    func add(_ hostdevs: [Hostdev]) throws -> [(hostdev: Hostdev, entry: ConfiguredEntry)] {
        var entries: [(hostdev: Hostdev, entry: ConfiguredEntry)] = []
        try change {
            before = try container.text()
            entries = try self.entries(for: hostdevs)
            if scope.isSaved { added = entries.map(\.entry) }
            return entries.flatMap { VZCtl.adding($0.entry) }
        }
        return entries
    }

    /// Asks vzctl, again until the deadline while somebody has its lock. What it says is remembered, for whoever finds that
    /// it is not so, and returned.
    ///
    /// - Parameter options: what it is asked for, by the conf as it is right before.
    @discardableResult
    func change(_ options: () throws -> [String]) throws -> String {
        while true {
            let options = all(try options())
            let step = Step("run", container.reference.description, vzctl.command(options))
            do {
                let output = try backend.perform([step]) { try vzctl.set(options) }
                said = "\(vzctl.command(options)) says that it has worked" + (output.isEmpty ? "" : " ('\(output)')")
                return said
            } catch let error as PassthroughError where error.code == .busy {
                // It has done nothing.
                added = []
                try backend.endIfInterrupted()
                guard ContinuousClock.now < deadline else { throw error }
            }
            usleep(50_000)
        }
    }

    /// vzctl has said what is not so.
    func falseSuccess(_ found: String) -> PassthroughError { PassthroughError(.kernel, "\(said), but \(found)") }

    /// The conf has what was asked for.
    func verifyConf(has entries: [ConfiguredEntry]) throws {
        guard scope.isSaved else { return }
        let now = try container.text().entries
        for entry in entries where !now.contains(where: { $0.isSameWord(as: entry) }) {
            throw falseSuccess("\(container.path) has no \(entry.text) in \(entry.place)")
        }
    }

    /// Takes out of the conf what vzctl has added when `body` fails after that.
    func takingBack(_ body: () throws -> Outcome) throws -> Outcome {
        do {
            return try body()
        } catch {
            guard !added.isEmpty else { throw error }
            var failures: [PassthroughError] = []
            do { try remove(added) } catch { failures.append(PassthroughError(restoring: container.path, error)) }
            throw PassthroughError(error).with(failedUndo: failures)
        }
    }

    /// Takes words out of the conf without vzctl, and nothing else. Returns whether any was there.
    @discardableResult
    func remove(_ entries: [ConfiguredEntry]) throws -> Bool {
        let isMeant = { (entry: ConfiguredEntry) in entries.contains { $0.isSameWord(as: entry) } }
        // Where none is left, nobody is waited for.
        guard try container.text().entries.contains(where: isMeant) else { return false }
        let edit = try ConfigurationEdit(container, until: .now.advanced(by: backend.timeout), whileWaiting: {})
        for entry in try edit.text.entries where isMeant(entry) { edit.text.remove(entry) }
        // Where nobody else has changed anything, vzctl has: lists have other blanks now, or are gone.
        if let before, before.substance == edit.text.substance { edit.text = before }
        try edit.prepare()
        try edit.commit()
        return true
    }
}

extension ConfiguredEntry {
    /// Whether another look at the conf shows the same word in the same list.
    fileprivate func isSameWord(as other: ConfiguredEntry) -> Bool {
        place == other.place && ByteString(text) == ByteString(other.text)
    }
}

extension OpenVZConf {
    /// What it says, line by line, whatever blanks its lists have; those that are empty say nothing.
    fileprivate var substance: [[UInt8]] {
        bytes.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let words = OpenVZConf(bytes: Array(line), id: "")
            guard let list = List.allCases.first(where: { line.starts(with: Array("\($0.rawValue)=".utf8)) }) else {
                return Array(line)
            }
            let all = words.words(list)
            return all.isEmpty ? nil : Array(([list.rawValue] + all).joined(separator: " ").utf8)
        }
    }

    /// Refuses a conf of which vzctl would lose a part when it saves it.
    fileprivate func refuseLosses(in path: String) throws {
        let instead = Hint(.repairOrWithoutVZCtl)
        if let last = bytes.last, last != UInt8(ascii: "\n") {
            throw PassthroughError(
                .notSupported, "the last line of \(path) does not end, and vzctl writes on in it", hint: instead)
        }
        for entry in try entries where entry.place == List.devnodes.rawValue {
            guard let node = entry.node, try hostNode(node) == nil else { continue }
            throw PassthroughError(
                .notSupported,
                "\(path) has \(entry.text) in DEVNODES, which vzctl drops, and all behind it: the host has no \(node)",
                hint: instead)
        }
    }
}
