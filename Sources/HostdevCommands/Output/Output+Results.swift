internal import HostdevModel
internal import Passthrough

extension Output {
    /// Prints what a run did.
    func print(_ outcome: Outcome) throws {
        try print(OutcomeDocument(outcome)) {
            let attached = outcome.attached.map { "attached \($0.sourceText) to \($0.container) as \($0.targetText)" }
            let detached = outcome.detached.map { "detached \($0.sourceText) from \($0.container)" }
            return (attached + detached).joined(separator: "\n")
        }
    }

    /// Prints the steps of a plan.
    func print(_ steps: [Step]) throws {
        try print(StepsDocument(steps)) { steps.map(\.description).joined(separator: "\n") }
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
