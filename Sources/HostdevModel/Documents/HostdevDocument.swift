import XMLTree

/// A document of hostdevs, read from text or made to be written.
public struct HostdevDocument: Sendable {
    /// The outermost element of a document.
    public enum Root: Hashable, Sendable {
        /// A single hostdev.
        case hostdev
        /// Any number of hostdevs.
        case devices
        /// A whole libvirt domain, of which only the name, the type and the hostdevs are read.
        case domain(name: String?, type: String?)
    }

    /// The outermost element.
    public let root: Root
    /// The hostdevs, in the order of the document.
    public let hostdevs: [Hostdev]
    /// What was ignored while reading, in the order of the document.
    public let warnings: [DocumentProblem]
    /// What stands around the hostdevs; nil when that is nothing of somebody else's.
    let surroundingText: SurroundingText?

    /// The largest document that is read, in bytes: 16 MiB.
    public static let sizeLimit = DocumentReader.sizeLimit
    /// How many hostdevs a document may have.
    public static let hostdevLimit = 10_000

    /// A `<devices>` document.
    public init(hostdevs: [Hostdev]) {
        self.root = .devices
        self.hostdevs = hostdevs
        self.warnings = []
        self.surroundingText = nil
    }

    /// Reads a document in either dialect.
    ///
    /// - Parameter name: what messages call the document: the name of its file, `-` for standard input.
    /// - Throws: everything that is wrong with the document.
    public init(parsing bytes: [UInt8], name: String) throws(DocumentError) {
        let (contents, document, warnings) = try DocumentReader.read(bytes, name) { $1.contents(of: $0) }
        self.root = contents.root
        self.hostdevs = contents.hostdevs
        self.warnings = warnings
        let isOurs =
            switch contents.root {
            case .hostdev: true
            case .devices: document.root.children.allSatisfy { $0.isNamed("hostdev") }
            case .domain: false
            }
        self.surroundingText = isOurs ? nil : SurroundingText(document)
    }
}

/// A way to write a hostdev. Reading tells them apart by itself.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// The one of the first design: `mode='capability'` and `mode='bus'`.
    case capability
    /// The one that libvirt came to: `mode='capabilities'` and `mode='subsystem'`.
    case libvirt
}

extension XMLElement {
    /// The hostdev elements of a document with this root, in the order of the document.
    var hostdevElements: [XMLElement] {
        switch name {
        case "hostdev": [self]
        case "devices": Array(children("hostdev"))
        default: children("devices").flatMap(\.hostdevElements)
        }
    }
}

extension DocumentReader {
    /// Reads the outermost element; nil when it is none of ours.
    mutating func contents(of root: XMLElement) -> (root: HostdevDocument.Root, hostdevs: [Hostdev])? {
        let kind: HostdevDocument.Root
        switch root.isForeign ? "" : root.name {
        case "hostdev": kind = .hostdev
        case "devices":
            checkNames(in: root, AllowedNames(children: ["hostdev"]))
            kind = .devices
        case "domain":
            checkMisspelled(in: root)
            kind = .domain(name: root.child("name")?.text, type: root["type"])
        default:
            let name = "<\(root.name)>" + (root.namespace.map { " in the namespace \(quoted($0))" } ?? "")
            error("\(name) is not a document of hostdevs: expected <hostdev>, <devices> or <domain>", at: root)
            return nil
        }
        return (kind, hostdevs(root.hostdevElements))
    }

    /// Looks at a domain. What is not ours in it is none of our business, but for a name that looks like one of ours.
    private mutating func checkMisspelled(in domain: XMLElement) {
        for child in domain.children {
            if child.isNamed("devices") {
                for device in child.children { checkMisspelled(device, for: "hostdev", in: child) }
            } else {
                checkMisspelled(child, for: "devices", in: domain)
            }
        }
    }

    private mutating func checkMisspelled(_ child: XMLElement, for name: String, in element: XMLElement) {
        if child.isForeign || child.name == name || nearestWord(to: child.name, among: [name]) == nil { return }
        checkUnknown(child, in: element, [name])
    }

    private mutating func hostdevs(_ elements: [XMLElement]) -> [Hostdev] {
        if elements.count > HostdevDocument.hostdevLimit {
            let message = "there are too many hostdevs: at most \(HostdevDocument.hostdevLimit) are allowed"
            error(message, at: elements[HostdevDocument.hostdevLimit])
        }
        let elements = elements.prefix(HostdevDocument.hostdevLimit)
        var hostdevs: [Hostdev] = []
        hostdevs.reserveCapacity(elements.count)
        var names = DuplicateFinder(capacity: elements.count)
        for element in elements where !hasReachedLimit {
            guard let hostdev = Hostdev(reading: element, with: &self) else { continue }
            names.add(hostdev, at: element, with: &self)
            hostdevs.append(hostdev)
        }
        return hostdevs
    }
}

/// What the hostdevs of a document name, each of which may be named once.
struct DuplicateFinder {
    /// Where the hostdevs start in the document, by what they name.
    private var sources: [DeviceSource: Int] = [:]
    private var aliases: [Alias: Int] = [:]

    init(capacity: Int) {
        sources.reserveCapacity(capacity)
    }

    /// Notes a hostdev that names what another has named before.
    mutating func add(_ hostdev: Hostdev, at element: XMLElement, with reader: inout DocumentReader) {
        let offset = element.range.lowerBound
        if let first = sources.updateValue(offset, forKey: hostdev.device.source) {
            sources[hostdev.device.source] = first
            let line = reader.line(at: first)
            reader.error("\(hostdev.device) is already the hostdev in line \(line): only one is allowed", at: element)
        }
        guard let alias = hostdev.alias, let first = aliases.updateValue(offset, forKey: alias) else { return }
        aliases[alias] = first
        let line = reader.line(at: first)
        reader.error(
            "the alias '\(alias)' is already that of the hostdev in line \(line): only one is allowed", at: element)
    }
}

extension HostdevDocument {
    /// The document as text, with a line feed at the end. Reading it gives equal hostdevs.
    ///
    /// What is not ours in a document that was read stays as it is; a document of ours alone is laid out anew.
    ///
    /// - Throws: the first hostdev that the dialect has no schema for.
    public func xml(dialect: Dialect = .capability) throws(Unrepresentable) -> String {
        if let surroundingText {
            return try surroundingText.replacingHostdevs { (index, margin) throws(Unrepresentable) in
                try hostdevs[index].text(in: dialect, margin: margin)
            }
        }
        if root == .hostdev, let only = hostdevs.first { return try only.xml(dialect: dialect) }
        var text = ""
        for hostdev in hostdevs { text += "  " + (try hostdev.text(in: dialect, margin: "  ")) + "\n" }
        return text.isEmpty ? "<devices/>\n" : "<devices>\n" + text + "</devices>\n"
    }
}
