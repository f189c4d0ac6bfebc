internal import Containers
internal import HostdevModel
internal import Passthrough

// The JSON documents of the command line's contract.

struct ErrorDocument: Encodable {
    struct Failure: Encodable {
        let code: String
        let message: String
        let device: String?
        let container: String?
        let hint: String?
        var problems: [Problem]?
    }

    /// Something wrong in a document, and where.
    struct Problem: Encodable {
        let file: String
        let line: Int
        let column: Int
        let message: String
    }

    let error: Failure

    init(_ error: PassthroughError) {
        self.error = Failure(
            code: error.code.rawValue, message: error.message, device: error.device, container: error.container,
            hint: error.hint)
    }

    init(_ error: RejectedDocument) {
        self.error = Failure(
            code: PassthroughError.Code.invalidDocument.rawValue,
            message: error.problems.map(\.description).joined(separator: "\n"), device: nil, container: nil, hint: nil,
            problems: error.problems.map {
                Problem(file: $0.file, line: $0.line, column: $0.column, message: $0.message)
            })
    }
}

struct StepsDocument: Encodable {
    struct Entry: Encodable {
        let step: String
        let device: String
        let detail: String
    }

    let steps: [Entry]
    let losses: [LossDocument]

    init(_ steps: [Step], _ losses: [Loss]) {
        self.losses = losses.map(LossDocument.init)
        self.steps = steps.map { Entry(step: $0.step, device: $0.device, detail: $0.detail) }
    }
}

/// What cannot be had back.
struct LossDocument: Encodable {
    let device: String
    let what: String

    init(_ loss: Loss) {
        device = loss.device
        what = loss.what
    }
}

struct AttachmentsDocument: Encodable {
    /// An attachment, or a record that cannot be read.
    enum Entry: Encodable {
        case attachment(AttachmentDocument)
        case unreadable(UnreadableDocument)

        func encode(to encoder: any Encoder) throws {
            switch self {
            case .attachment(let document): try document.encode(to: encoder)
            case .unreadable(let document): try document.encode(to: encoder)
            }
        }
    }

    struct UnreadableDocument: Encodable {
        let unreadable: String
        let reason: String
    }

    let attachments: [Entry]

    init(_ attachments: [Attachment], _ unreadable: [UnreadableRecord]) {
        self.attachments =
            attachments.map { .attachment(AttachmentDocument($0)) }
            + unreadable.map { .unreadable(UnreadableDocument(unreadable: $0.path, reason: $0.reason)) }
    }
}

struct OutcomeDocument: Encodable {
    struct Holder: Encodable {
        let device: String
        let pid: Int32
        let command: String
    }

    let attached: [AttachmentDocument]
    let detached: [AttachmentDocument]
    let unchanged: [AttachmentDocument]
    /// What cannot be had back of what was attached.
    let losses: [LossDocument]
    /// Who still has open what was detached; there when somebody has.
    let open: [Holder]?

    init(_ outcome: Outcome) {
        attached = outcome.attached.map(AttachmentDocument.init)
        detached = outcome.detached.map(AttachmentDocument.init)
        unchanged = outcome.unchanged.map(AttachmentDocument.init)
        losses = outcome.losses.map(LossDocument.init)
        let holders = outcome.holders.map { Holder(device: $0.device, pid: $0.process, command: $0.command) }
        open = holders.isEmpty ? nil : holders
    }
}

struct NodeDevicesDocument: Encodable {
    struct Entry: Encodable {
        let name: String
        let parent: String?
        let path: String?
        let node: String?
        let driver: String?
        let capabilities: [String]
    }

    let devices: [Entry]

    init(_ devices: [NodeDevice]) {
        self.devices = devices.map {
            Entry(
                name: $0.name.description, parent: $0.parent?.description, path: $0.path?.description,
                node: $0.node?.description, driver: $0.driver, capabilities: $0.capabilities.map(\.type))
        }
    }
}

/// A document in a document, for `--format json`.
struct XMLText: Encodable {
    let xml: String
}

struct DriftDocument: Encodable {
    struct Entry: Encodable {
        let id: String
        let what: String
        let expected: String
        let found: String
    }

    let drift: [Entry]

    init(_ drift: [Drift]) {
        self.drift = drift.map { Entry(id: $0.id, what: $0.what, expected: $0.expected, found: $0.found) }
    }
}

struct ContainersDocument: Encodable {
    struct Entry: Encodable {
        let reference: String
        let engine: String
        let name: String
        let pid: Int32?
        let userns: Bool
        let cgroup: String?
        let obstacles: [FindingsDocument.Entry]
    }

    let containers: [Entry]

    init(_ containers: [(container: ContainerSummary, obstacles: [Finding])]) {
        self.containers = containers.map { container, obstacles in
            Entry(
                reference: container.reference.description, engine: container.reference.engine ?? "",
                name: container.reference.name, pid: container.process, userns: container.hasUserNamespace,
                cgroup: container.group, obstacles: FindingsDocument(obstacles).findings)
        }
    }
}

struct FindingsDocument: Encodable {
    struct Entry: Encodable {
        let subject: String
        let property: String
        let verdict: String
        let found: String
        let remedy: String?
    }

    let findings: [Entry]

    init(_ findings: [Finding]) {
        self.findings = findings.map {
            Entry(
                subject: $0.subject, property: $0.property, verdict: $0.verdict.rawValue, found: $0.found,
                remedy: $0.remedy)
        }
    }
}
