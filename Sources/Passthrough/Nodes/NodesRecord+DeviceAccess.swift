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
        case .link(let text): self = .link(text)
        }
    }
}

extension EntryContent {
    init(_ content: NodesRecord.Content) {
        switch content {
        case .directory: self = .directory
        case .node(let isBlock, let major, let minor):
            self = .node(DeviceNumber(isBlock ? .block : .character, major, minor))
        case .link(let text): self = .link(to: text)
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
    init(_ grant: Grant) {
        let device = grant.rule.device
        let (kind, directory, group): (Kind, FilePath, UInt64) =
            switch grant {
            case .exception(let group, let inode, _): (.exception, group, inode)
            case .override(let hierarchy, let id, _): (.override, hierarchy, id)
            case .request(let group, let inode, _): (.request, group, inode)
            case .unit(let group, let inode, _): (.unit, group, inode)
            case .entry(let group, let inode, _): (.entry, group, inode)
            case .patch(let group, let inode, _): (.patch, group, inode)
            }
        self.init(
            kind: kind, directory: directory.string, group: group, isBlock: device.kind == .block,
            major: device.major, minor: device.minor, access: grant.rule.access.description)
    }
}

extension Grant {
    init?(_ grant: NodesRecord.Grant) {
        guard let access = DeviceRule.Access(grant.access) else { return nil }
        let number = DeviceNumber(grant.isBlock ? .block : .character, grant.major, grant.minor)
        let rule = DeviceRule(number, access)
        let directory = FilePath(grant.directory)
        switch grant.kind {
        case .exception: self = .exception(group: directory, inode: grant.group, rule: rule)
        case .override: self = .override(hierarchy: directory, id: grant.group, rule: rule)
        case .request: self = .request(group: directory, inode: grant.group, rule: rule)
        case .unit: self = .unit(group: directory, inode: grant.group, rule: rule)
        case .entry: self = .entry(group: directory, inode: grant.group, rule: rule)
        case .patch: self = .patch(group: directory, inode: grant.group, rule: rule)
        }
    }
}
