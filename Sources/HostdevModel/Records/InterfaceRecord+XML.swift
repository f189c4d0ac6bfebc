internal import XMLTree

extension InterfaceRecord {
    var element: XMLNode { element("interface") }

    private func element(_ name: String) -> XMLNode {
        var element = XMLNode(name)
        element.add("index", String(containerIndex))
        element.add("name", containerName)
        element.add("home", home.text)
        element.add("looked-at", String(lookedAt))
        if isAway { element.add("away", "yes") }
        if knowsUpperLinks { element.add("upper-links", "all") }
        element.children = messages.map(\.element) + settings.map(\.element) + children.map(\.element)
        element.children += companions.map { $0.element("companion") }
        element.children += shownFolders.map { folder in
            var element = XMLNode("shown")
            element.add("folder", folder)
            return element
        }
        return element
    }

    init(_ element: RecordElement) throws(RecordError) {
        var messages: [Message] = []
        var settings: [Setting] = []
        var children: [InterfaceRecord] = []
        var companions: [InterfaceRecord] = []
        var shownFolders: [String] = []
        for child in element.children {
            switch child.name {
            case "setting": settings.append(try Setting(child))
            case "interface": children.append(try InterfaceRecord(child))
            case "shown": shownFolders.append(try child.text("folder"))
            case "companion": companions.append(try InterfaceRecord(child))
            default: messages.append(try Message(child))
            }
        }
        self.init(
            containerIndex: try element.number("index"), containerName: try element.text("name"),
            home: try element.file("home"), lookedAt: try element.number("looked-at"), messages: messages,
            settings: settings, children: children)
        knowsUpperLinks = element.has("upper-links")
        self.companions = companions
        isAway = element.has("away")
        self.shownFolders = shownFolders
    }
}

extension InterfaceRecord.Message {
    fileprivate var element: XMLNode {
        var element = XMLNode(subject.rawValue, text: Self.digits(bytes))
        element.add("about", about)
        element.add("type", String(type))
        return element
    }

    /// Bytes as hexadecimal digits, in one go: there is a kilobyte of them for each interface.
    private static func digits(_ bytes: [UInt8]) -> String {
        let table = Array("0123456789abcdef".utf8)
        var digits: [UInt8] = []
        digits.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            digits.append(table[Int(byte >> 4)])
            digits.append(table[Int(byte & 15)])
        }
        return String(decoding: digits, as: UTF8.self)
    }

    fileprivate init(_ element: RecordElement) throws(RecordError) {
        guard let subject = Subject(rawValue: element.name) else { throw element.error("is not known") }
        self.init(
            subject: subject, type: try element.number("type"), bytes: try element.bytes(),
            about: try element.text("about"))
    }
}

extension InterfaceRecord.Setting {
    fileprivate var element: XMLNode {
        var element = XMLNode("setting")
        element.add("folder", folder)
        element.add("name", name)
        element.add("value", value)
        return element
    }

    fileprivate init(_ element: RecordElement) throws(RecordError) {
        self.init(
            folder: try element.text("folder"), name: try element.text("name"), value: try element.text("value"))
    }
}
