import XMLTree

/// A document with hostdevs. It is either parsed from XML, or created from values to be written as XML.
public struct HostdevDocument: Sendable {
    /// The root element of a document.
    public enum Root: Hashable, Sendable {
        /// A single hostdev.
        case hostdev
        /// Any number of hostdevs.
        case devices
        /// A libvirt domain. Only its name, its type and its hostdevs are read.
        case domain(name: String?, type: String?)
    }

    /// The root element.
    public let root: Root
    /// The hostdevs, in the order of the document.
    public let hostdevs: [Hostdev]
    /// The parts that were ignored while parsing, in the order of the document.
    public let warnings: [DocumentProblem]
    /// The text around the hostdevs, or nil if the document contains nothing but hostdevs.
    let surroundingText: SurroundingText?

    /// The maximum size of a document in bytes: 16 MiB.
    public static let sizeLimit = DocumentReader.sizeLimit
    /// The maximum number of hostdevs in a document.
    public static let hostdevLimit = 10_000

    /// Creates a `<devices>` document.
    public init(hostdevs: [Hostdev]) {
        self.root = .devices
        self.hostdevs = hostdevs
        self.warnings = []
        self.surroundingText = nil
    }

    /// Parses a document in either dialect.
    ///
    /// - Parameters:
    ///   - bytes: the document in UTF-8, UTF-16 or ISO-8859-1.
    ///   - name: the name of the document in messages: that of its file, or `-` for standard input.
    /// - Throws: ``DocumentError`` with all problems of the document.
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

/// A syntax for hostdevs. The parser accepts both, even in one document.
public enum Dialect: String, Hashable, Sendable, CaseIterable {
    /// The syntax of the first proposal for libvirt: `mode='capability'` and `mode='bus'`.
    case capability
    /// The syntax of libvirt's releases: `mode='capabilities'` and `mode='subsystem'`.
    case libvirt
}

extension XMLElement {
    /// The hostdev elements of a document with this root element, in the order of the document.
    var hostdevElements: [XMLElement] {
        switch name {
        case "hostdev": [self]
        case "devices": Array(children("hostdev"))
        default: children("devices").flatMap(\.hostdevElements)
        }
    }
}

extension DocumentReader {
    /// Reads the root element. Returns nil after reporting an unknown one.
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

    /// Reports misspelled `<devices>` and `<hostdev>` elements of a domain. All other elements of it are ignored.
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

/// Finds hostdevs of a document with the same source or the same alias.
struct DuplicateFinder {
    /// The byte offsets of the hostdevs by their sources.
    private var sources: [DeviceSource: Int] = [:]
    private var aliases: [Alias: Int] = [:]

    init(capacity: Int) {
        sources.reserveCapacity(capacity)
    }

    /// Reports a hostdev with the source or the alias of an earlier one.
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
    /// Returns the document as XML that ends with a line feed. Parsing it yields equal hostdevs.
    ///
    /// In a document that was parsed, only the hostdevs are replaced; everything around them stays as it is. A document
    /// that contains nothing but hostdevs is formatted anew.
    ///
    /// - Throws: ``Unrepresentable`` for the first hostdev that the dialect cannot express.
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
