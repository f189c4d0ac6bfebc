internal import ByteStrings
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import SystemPackage
internal import XMLTree

/// Device nodes that were made in a container, and the rules that let it use them.
struct NodesChange: Hashable, Sendable {
    /// The kernel's name of the device when it was attached, `sg3`.
    var name: String
    /// Where the SCSI unit was on the host that the device is, or is a part of.
    var address: SCSIAddress?
    /// The unit's world-wide identifier, where it has one.
    var wwid: String?
    /// What tells the device from another one that may get its numbers.
    var identity: DeviceIdentity
    /// The lock that every run takes before it gives the device, or what is a part of it, to a container.
    var lock: String
    /// Whether the container has the device, or that has left the host meanwhile.
    var presence = Presence.here
    /// What is made in the container, in the order of making.
    var entries: [Entry]
    /// The changes that let the container use the nodes.
    var rules: [RuleChange]

    /// Whether a container has a device.
    enum Presence: String, Hashable, Sendable {
        /// It has what is in `entries` and `rules`.
        case here
        /// It may have some of that, which is being removed, or made again.
        case unsettled
        /// It has nothing: the device has left the host.
        case away
    }

    /// An entry that is to be made, and what was made for it.
    struct Entry: Hashable, Sendable {
        /// What is to be made. Read from a record it lacks the owner, and `covering` is `mounted`: neither matters for a
        /// removal.
        var plan: EntryPlan
        /// Of a node, where the device is in sysfs, by which programs are told that it has come or gone.
        var sysfsPlace: SysfsPlace?
        /// The files that came of it: directories on the way first.
        var made: [MadeEntry] = []

        /// The device number of a node; nil for a link.
        var number: DeviceNumber? { if case .node(let number) = plan.content { number } else { nil } }
    }

    /// A device's place below where sysfs is mounted, `/devices/virtual/misc/fuse`, its subsystem, `misc`, and its type there,
    /// where it has one.
    struct SysfsPlace: Hashable, Sendable {
        var path: String
        var subsystem: String
        var type: String?
    }
}

extension NodesChange: RecordPayload {
    static let tag = "nodes"

    var element: XMLNode {
        var element = XMLNode(Self.tag)
        element.add("name", name)
        if let address { element.add("address", address.description) }
        if let wwid { element.add("wwid", wwid) }
        element.add("identity", identity.description)
        element.add("lock", lock)
        element.add("presence", presence.rawValue)
        element.children = entries.map(\.element) + rules.map(\.element)
        return element
    }

    init(_ element: RecordElement) throws {
        guard let presence = Presence(rawValue: try element.text("presence")) else {
            throw element.error("is not known")
        }
        self.presence = presence
        name = try element.text("name")
        address = element.has("address") ? try SCSIAddress(element.text("address")) : nil
        wwid = element.has("wwid") ? try element.text("wwid") : nil
        identity = DeviceIdentity(try element.text("identity"))
        lock = try element.text("lock")
        guard StateDirectory.isLockName(lock) else { throw element.error("has a wrong lock") }
        entries = try element.children.filter { $0.name == "entry" }.map(Entry.init)
        rules = try element.children.filter { $0.name == "grant" }.map(RuleChange.init)
    }
}

extension NodesChange.Entry {
    fileprivate var element: XMLNode {
        var element = XMLNode("entry")
        element.add("path", plan.path.string)
        element.add(plan.content)
        if plan.technique != .inPlace { element.add("mounted", "yes") }
        if let sysfsPlace {
            element.add("place", sysfsPlace.path)
            element.add("subsystem", sysfsPlace.subsystem)
            if let type = sysfsPlace.type { element.add("type", type) }
        }
        element.children = made.map { made in
            var child = XMLNode("made")
            child.add("path", made.path.string)
            child.add(made.content)
            if made.isPlaceholder { child.add("placeholder", "yes") }
            child.add("file", made.identity.description)
            return child
        }
        return element
    }

    fileprivate init(_ element: RecordElement) throws {
        plan = EntryPlan(
            try element.path(), try element.content(), technique: element.has("mounted") ? .mounted : .inPlace)
        if element.has("place") {
            sysfsPlace = .init(
                path: try element.text("place"), subsystem: try element.text("subsystem"),
                type: element.has("type") ? try element.text("type") : nil)
        }
        made = try element.children.map {
            MadeEntry(
                path: try $0.path(), content: try $0.content(), identity: try $0.file("file"),
                isPlaceholder: $0.has("placeholder"))
        }
    }
}

extension RuleChange {
    fileprivate var element: XMLNode {
        var element = XMLNode("grant")
        element.add("kind", means)
        element.add("place", directory.string)
        element.add("group", String(group))
        element.add(.node(rule.device))
        element.add("access", rule.access.description)
        return element
    }

    fileprivate init(_ element: RecordElement) throws {
        guard case .node(let number) = try element.content(),
            let access = DeviceRule.Access(try element.text("access")),
            let change = RuleChange(
                means: try element.text("kind"), directory: FilePath(try element.text("place")),
                group: try element.number("group"), rule: DeviceRule(number, access))
        else { throw element.error("is a rule that this release does not know") }
        self = change
    }
}

extension XMLNode {
    fileprivate mutating func add(_ content: EntryContent) {
        switch content {
        case .directory: add("directory", "yes")
        case .node(let number): add(number.kind == .block ? "block" : "char", "\(number.major):\(number.minor)")
        case .link(let text): add("link", text.text)
        }
    }
}

extension RecordElement {
    fileprivate func path() throws(RecordError) -> FilePath {
        let path = try text("path")
        guard path.hasPrefix("/") else { throw error("has a wrong path") }
        return FilePath(path)
    }

    fileprivate func content() throws(RecordError) -> EntryContent {
        if has("directory") { return .directory }
        if has("link") { return .link(to: ByteString(try text("link"))) }
        let isBlock = has("block")
        let numbers = try text(isBlock ? "block" : "char").split(separator: ":").compactMap { UInt32($0) }
        guard numbers.count == 2 else { throw error("has a wrong device number") }
        return .node(DeviceNumber(isBlock ? .block : .character, numbers[0], numbers[1]))
    }
}
