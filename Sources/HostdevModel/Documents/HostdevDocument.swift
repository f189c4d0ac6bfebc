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
    let frame: DocumentFrame?

    /// The largest document that is read, in bytes: 16 MiB.
    public static let sizeLimit = DocumentReader.sizeLimit
    /// How many hostdevs a document may have.
    public static let hostdevLimit = 10_000

    /// A `<devices>` document.
    public init(hostdevs: [Hostdev]) {
        self.root = .devices
        self.hostdevs = hostdevs
        self.warnings = []
        self.frame = nil
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
        self.frame = isOurs ? nil : DocumentFrame(document)
    }
}
