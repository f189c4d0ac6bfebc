internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem

/// One change of an OpenVZ container by vzctl.
final class VZCtlRun {
    let container: OpenVZContainer
    private let scope: VZCtlScope
    private let vzctl: VZCtl
    private let backend: Backend
    /// What vzctl was asked, and what it wrote.
    private var said = ""
    private var hasRun = false

    init(_ reference: ContainerReference, scope: VZCtlScope, backend: Backend) throws {
        guard let container = try ConfiguredContainers.container(reference) as? OpenVZContainer else {
            throw PassthroughError(
                .notSupported, "\(reference) is no container of OpenVZ's, whose containers vzctl changes",
                hint: "leave --through-vzctl out")
        }
        self.container = container
        self.scope = scope
        self.backend = backend
        vzctl = VZCtl(
            id: container.id, deadline: .now.advanced(by: backend.timeout), whileWaiting: backend.endIfInterrupted)
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
            .notSupported, "\(container.reference) runs, and vzctl gives a running container what it saves",
            hint: "add --live, or leave --through-vzctl out")
    }

    /// The words that say a device to vzctl.
    func entries(for hostdev: Hostdev, in conf: OpenVZConf) throws -> [ConfiguredEntry] {
        guard scope.isSaved else { return try hostdev.openVZEntries().map(ConfiguredEntry.init) }
        do {
            return try conf.entries(for: hostdev)
        } catch let error as ConfiguredAlready {
            throw error.error(in: container.path, about: hostdev)
        }
    }

    private func all(_ options: [String]) -> [String] { options + (scope.isSaved ? ["--save"] : []) }

    func step(_ options: [String]) -> Step { Step("run", container.reference.description, vzctl.command(all(options))) }

    /// Asks vzctl. What it says is remembered, for whoever finds that it is not so, and returned.
    @discardableResult
    func change(_ options: [String]) throws -> String {
        backend.observe(step(options))
        hasRun = true
        let output = try vzctl.set(all(options))
        said = "\(vzctl.command(all(options))) says that it has worked" + (output.isEmpty ? "" : " ('\(output)')")
        return said
    }

    /// vzctl has said what is not so.
    func falseSuccess(_ found: String) -> PassthroughError { PassthroughError(.kernel, "\(said), but \(found)") }

    /// The conf has what was asked for, and all that it had before.
    func verifyConf(has entries: [ConfiguredEntry], after before: OpenVZConf) throws {
        let now = try container.text()
        let found = now.entries.map { "\($0.text) in \($0.place)" }
        for entry in entries where !found.contains("\(entry.text) in \(entry.place)") {
            throw falseSuccess("\(container.path) has no \(entry.text) in \(entry.place)")
        }
        if let lost = before.entries.map({ "\($0.text) in \($0.place)" }).first(where: { !found.contains($0) }) {
            throw falseSuccess("\(container.path) has lost \(lost)")
        }
        if let lost = before.otherLines.subtracting(now.otherLines).first {
            throw falseSuccess("\(container.path) has lost the line '\(String(decoding: lost, as: UTF8.self))'")
        }
    }

    /// Puts the conf back to what it was when `body` fails after vzctl ran.
    func restoringConf(to before: OpenVZConf, unless isDry: Bool, _ body: () throws -> Outcome) throws -> Outcome {
        do {
            return try body()
        } catch {
            guard hasRun else { throw error }
            var failures: [String] = []
            do { try write(before) } catch { failures.append("\(container.path): \(error)") }
            throw PassthroughError(error).with(failedUndo: failures)
        }
    }

    /// Makes the conf this text, as whole as every change of it.
    func write(_ text: OpenVZConf) throws {
        let edit = try ConfigurationEdit(container, until: .now.advanced(by: backend.timeout), whileWaiting: {})
        edit.text = text
        try edit.prepare()
        try edit.commit()
    }
}

extension OpenVZConf {
    /// The lines that are about no devices: vzctl has nothing to do with them here.
    fileprivate var otherLines: Set<[UInt8]> {
        Set(
            bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }.filter { line in
                let line = OpenVZConf(bytes: line, id: "")
                return line.entries.isEmpty && !line.isBlank
            })
    }

    private var isBlank: Bool {
        // An empty list may well have gone.
        bytes.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
            || List.allCases.contains { bytes.starts(with: Array("\($0.rawValue)=".utf8)) }
    }
}

extension NodesPlan {
    /// What vzctl leaves to do: nodes that have to be mounted, since the container's `/dev` is the host's. All others are
    /// there, and the container may use them; else vzctl has said what is not so.
    func verified(
        after run: VZCtlRun, in container: borrowing Container, _ hostdev: Hostdev
    ) throws -> NodesPlan {
        guard let files = container.files, let request = NodesRequest(hostdev.device) else { return self }
        let access: DeviceRule.Access = request.isReadOnly ? .read : [.read, .write]
        for node in subject.nodes where try files.groups.permits(DeviceRule(node.number, access)) == false {
            throw run.falseSuccess("the container may not use \(node.number)")
        }
        for entry in entries.map(\.plan) where entry.technique == .inPlace {
            guard case .node(let number) = entry.content else { continue }
            guard (try? files.root.status(entry.path))?.device == number else {
                throw run.falseSuccess("the container has no \(entry.path)")
            }
        }
        let rest = entries.map { PlannedEntry(plan: $0.plan, isThere: $0.isThere || $0.plan.technique == .inPlace) }
        return NodesPlan(subject: subject, request: self.request, entries: rest, grants: grants)
    }
}
