internal import ArgumentParser
internal import ContainerConfiguration
internal import Containers
internal import Passthrough

/// `hostdev list`.
struct List: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the attached devices.")

    @Argument(help: "The container: ENGINE:NAME. The default is all containers.")
    var container: String?

    @Flag(help: "List only the devices of running containers.")
    var live = false

    @Flag(help: "List only the devices in configurations for the next start.")
    var config = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        let attachments = try attachments()
        let unreadable = try unreadable()
        try common.output.output.print(AttachmentsDocument(attachments, unreadable)) {
            attachments.isEmpty && unreadable.isEmpty
                ? []
                : table(
                    ["CONTAINER", "TYPE", "SOURCE", "TARGET", "STATE", "ALIAS"],
                    attachments.flatMap(\.rows) + unreadable.map { [$0.path, "-", "-", "-", "unreadable", "-"] })
        }
    }
}

extension Attachment {
    /// Its rows in the table: one, and for each logical device of a physical one another.
    fileprivate var rows: [[String]] {
        let row = [container, type, sourceText, targetText, state.rawValue, alias ?? "-"]
        guard case .physical(let physical) = device else { return [row] }
        return [row]
            + physical.members.enumerated().map { place, member in
                let branch = place + 1 < physical.members.count ? "  ├─" : "  └─"
                return ["", branch, member.kindText, member.targetText, member.stateText, ""]
            }
    }
}

extension List {
    private func unreadable() throws -> [UnreadableRecord] {
        guard live || !config else { return [] }
        return try common.backend().unreadableRecords(of: container.map(ContainerArgument.reference))
    }

    /// Returns live and configured attachments, unless only one of the two is asked for. A container without a
    /// configuration has no configured ones; a container that does not run has no live ones.
    private func attachments() throws -> [Attachment] {
        let backend = try common.backend()
        let reference = try container.map(ContainerArgument.reference)
        let isConfigurable = try reference.map(Backend.isConfigurable) ?? true
        let configured = config || (!live && isConfigurable) ? try backend.configured(of: reference).attachments : []
        guard live || !config else { return configured }
        do {
            return try backend.attachments(of: container) + configured
        } catch let error as PassthroughError {
            guard error.code == .noSuchContainer, !live, isConfigurable else { throw error }
            return configured
        }
    }
}

extension Backend {
    /// Returns the attachments of a container, or of all containers if it is nil.
    func attachments(of container: String?) throws -> [Attachment] {
        guard let container else { return try attachments() }
        return try attachments(of: ContainerArgument.reference(container))
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
