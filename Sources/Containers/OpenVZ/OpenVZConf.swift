internal import ByteStrings

/// The text of a conf of OpenVZ's: bytes, since nobody promises an encoding, and vzctl itself at times appends a line of
/// binary rubbish. It is read and changed as vzctl 4 does it, and never run by a shell.
public struct OpenVZConf: ConfigurationText {
    /// A variable that holds a list of words.
    public enum List: String, Hashable, Sendable, CaseIterable {
        /// Names of interfaces.
        case netdev = "NETDEV"
        /// `PATH-BELOW-/dev:ACCESS`.
        case devnodes = "DEVNODES"
        /// `c|b:MAJOR:MINOR|all:ACCESS`.
        case devices = "DEVICES"
        /// Addresses of PCI functions.
        case pci = "PCI"
    }

    /// The whole file.
    public internal(set) var bytes: [UInt8]
    /// What `$VEID` stands for.
    let id: String
    /// Whether of several lines of a name the last counts, as with OpenVZ 7, and not all.
    private let onlyLastLineCounts: Bool

    /// A conf from a file's bytes, of the container of an id.
    public init(bytes: [UInt8], id: String, onlyLastLineCounts: Bool = false) {
        self.bytes = bytes
        self.id = id
        self.onlyLastLineCounts = onlyLastLineCounts
    }

    /// The value of a variable that holds one: of several lines the first counts, or with OpenVZ 7 the last. Nil where there
    /// is none.
    public func value(_ name: String) -> String? {
        assignments(name).first.map { substituted($0.value[...]) }
    }

    /// The words of a list: those of several lines together, each once; with OpenVZ 7 those of the last.
    public func words(_ list: List) -> [String] {
        var words: [ByteString] = []
        for assignment in assignments(list.rawValue) {
            for word in assignment.words.map({ ByteString(substituted(assignment.value[$0])) })
            where !words.contains(word) {
                words.append(word)
            }
        }
        return words.map(\.text)
    }

    /// The lines that give a variable its value.
    func assignments(_ name: String) -> [ConfAssignment] {
        let name = Array(name.utf8)
        var found: [ConfAssignment] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: .lineFeed).map { $0 + 1 } ?? bytes.count
            if let assignment = ConfAssignment(name, in: bytes, line: start..<end) { found.append(assignment) }
            start = end
        }
        return onlyLastLineCounts ? found.suffix(1) : found
    }

    /// vzctl puts the id in the place of `$VEID` and `${VEID}`, and knows no other variable.
    func substituted(_ value: ArraySlice<UInt8>) -> String {
        var bytes = Array(value)
        for variable in ["$VEID", "${VEID}"] { bytes = bytes.replacing(Array(variable.utf8), with: Array(id.utf8)) }
        return ByteString(bytes: bytes[...]).text
    }
}
