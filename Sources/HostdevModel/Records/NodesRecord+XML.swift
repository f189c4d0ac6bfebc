internal import XMLTree

extension NodesRecord {
    var element: XMLNode {
        var element = XMLNode("nodes")
        element.add("name", name)
        if let address { element.add("address", address.description) }
        if let wwid { element.add("wwid", wwid) }
        element.add("identity", identity)
        element.add("lock", lock)
        element.add("presence", presence.rawValue)
        element.children = entries.map(\.element) + grants.map(\.element)
        return element
    }

    init(_ element: RecordElement) throws {
        guard let presence = Presence(rawValue: try element.text("presence")) else {
            throw element.error("is not known")
        }
        self.init(
            name: try element.text("name"),
            address: element.has("address") ? try SCSIAddress(element.text("address")) : nil,
            wwid: element.has("wwid") ? try element.text("wwid") : nil, identity: try element.text("identity"),
            lock: try element.text("lock"), presence: presence,
            entries: try element.children.filter { $0.name == "entry" }.map(Entry.init),
            grants: try element.children.filter { $0.name == "grant" }.map(Grant.init))
    }
}

extension NodesRecord.Entry {
    fileprivate var element: XMLNode {
        var element = XMLNode("entry")
        element.add("path", path)
        element.add(content)
        if isMounted { element.add("mounted", "yes") }
        if let place {
            element.add("place", place.path)
            element.add("subsystem", place.subsystem)
        }
        element.children = made.map { made in
            var child = XMLNode("made")
            child.add("path", made.path)
            child.add(made.content)
            if made.isPlaceholder { child.add("placeholder", "yes") }
            child.add("file", made.file.text)
            return child
        }
        return element
    }

    fileprivate init(_ element: RecordElement) throws {
        self.init(
            path: try element.text("path"), content: try element.content(), isMounted: element.has("mounted"),
            place: element.has("place")
                ? NodesRecord.Place(path: try element.text("place"), subsystem: try element.text("subsystem")) : nil,
            made: try element.children.map {
                NodesRecord.Made(
                    path: try $0.text("path"), content: try $0.content(), isPlaceholder: $0.has("placeholder"),
                    file: try $0.file("file"))
            })
    }
}

extension NodesRecord.Grant {
    fileprivate var element: XMLNode {
        var element = XMLNode("grant")
        element.add("kind", means)
        element.add("place", directory)
        element.add("group", String(group))
        element.add(.node(isBlock: isBlock, major: major, minor: minor))
        element.add("access", access)
        return element
    }

    fileprivate init(_ element: RecordElement) throws {
        guard case .node(let isBlock, let major, let minor) = try element.content() else {
            throw element.error("is not known")
        }
        self.init(
            means: try element.text("kind"), directory: try element.text("place"), group: try element.number("group"),
            isBlock: isBlock,
            major: major, minor: minor, access: try element.text("access"))
    }
}

extension XMLNode {
    fileprivate mutating func add(_ content: NodesRecord.Content) {
        switch content {
        case .directory: add("directory", "yes")
        case .node(let isBlock, let major, let minor): add(isBlock ? "block" : "char", "\(major):\(minor)")
        case .link(let text): add("link", text)
        }
    }
}

extension RecordElement {
    fileprivate func content() throws(RecordError) -> NodesRecord.Content {
        if has("directory") { return .directory }
        if has("link") { return .link(try text("link")) }
        let isBlock = has("block")
        let numbers = try text(isBlock ? "block" : "char").split(separator: ":").compactMap { UInt32($0) }
        guard numbers.count == 2 else { throw error("has a wrong device number") }
        return .node(isBlock: isBlock, major: numbers[0], minor: numbers[1])
    }
}
