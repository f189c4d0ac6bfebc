internal import ByteStrings
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

// What DeviceAccess plans and makes, as records hold it, and back.

extension NodesRecord.Content {
    init(_ content: EntryContent) {
        switch content {
        case .directory: self = .directory
        case .node(let number):
            self = .node(isBlock: number.kind == .block, major: number.major, minor: number.minor)
        case .link(let text): self = .link(text.text)
        }
    }
}

extension EntryContent {
    init(_ content: NodesRecord.Content) {
        switch content {
        case .directory: self = .directory
        case .node(let isBlock, let major, let minor):
            self = .node(DeviceNumber(isBlock ? .block : .character, major, minor))
        case .link(let text): self = .link(to: ByteString(text))
        }
    }
}

extension NodesRecord.Made {
    init(_ made: MadeEntry) {
        self.init(
            path: made.path.string, content: NodesRecord.Content(made.content), isPlaceholder: made.isPlaceholder,
            file: FileID(made.identity))
    }
}

extension MadeEntry {
    init(_ made: NodesRecord.Made) {
        self.init(
            path: FilePath(made.path), content: EntryContent(made.content),
            identity: FileIdentity(device: made.file.device, inode: made.file.inode), isPlaceholder: made.isPlaceholder)
    }
}

extension NodesRecord.Grant {
    init(_ change: RuleChange) {
        let device = change.rule.device
        self.init(
            means: change.means, directory: change.directory.string, group: change.group,
            isBlock: device.kind == .block, major: device.major, minor: device.minor,
            access: change.rule.access.description)
    }
}

extension RuleChange {
    /// Returns nil for a change that this release does not know.
    init?(_ grant: NodesRecord.Grant) {
        guard let access = DeviceRule.Access(grant.access) else { return nil }
        let number = DeviceNumber(grant.isBlock ? .block : .character, grant.major, grant.minor)
        self.init(
            means: grant.means, directory: FilePath(grant.directory), group: grant.group,
            rule: DeviceRule(number, access))
    }
}
