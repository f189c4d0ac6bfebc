internal import HostdevModel
internal import Passthrough

extension Output {
    /// Prints what a run did, and to standard error what it could not do anything about.
    func print(_ outcome: Outcome) throws {
        if format == .text {
            for holder in outcome.holders {
                writeError("hostdev: process \(holder.process) (\(holder.command)) still has \(holder.device) open")
            }
        }
        try print(OutcomeDocument(outcome)) {
            outcome.attached.map(\.attachedText) + outcome.detached.map(\.detachedText)
        }
    }

    /// Prints the steps of a plan.
    func print(_ steps: [Step], _ losses: [Loss] = []) throws {
        try print(StepsDocument(steps, losses)) { steps.map(\.description) }
    }
}

extension Attachment {
    /// The type in the document: `net`, `scsi`.
    var type: String {
        switch hostdev.device {
        case .net: "net"
        case .scsi: "scsi"
        case .misc: "misc"
        case .storage: "storage"
        case .usb: "usb"
        case .pci: "pci"
        case .libvirtOnly(let device): device.kind.rawValue
        }
    }

    /// That a container got it.
    var attachedText: String { "attached \(sourceText) to \(container) as \(targetText)" }

    /// That a container has it no more.
    var detachedText: String {
        "detached \(sourceText) from \(container)" + (state == .away ? ", until it is back on the host" : "")
    }

    /// What it is on the host, for people.
    var sourceText: String {
        switch device {
        case .interface(let interface): interface.hostName
        case .unit(let unit): unit.name
        }
    }

    /// What it is in the container, for people.
    var targetText: String {
        switch device {
        case .interface(let interface): interface.containerName
        case .unit(let unit): unit.nodes.isEmpty ? unit.name : unit.nodes.map(\.path).joined(separator: " ")
        }
    }
}
