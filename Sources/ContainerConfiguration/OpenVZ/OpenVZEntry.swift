internal import Containers
internal import Passthrough

/// A device as a conf of OpenVZ's has it: a word of a list.
struct OpenVZEntry: Hashable {
    /// In which list.
    let list: OpenVZConf.List
    /// What tells it from other words of the list: an interface's name, a node's path below `/dev`, `c:10:200`, a function.
    let key: String
    /// What may be done with it: `rw`. Interfaces and PCI functions have none.
    let access: String?

    init(_ list: OpenVZConf.List, _ key: String, access: String? = nil) {
        self.list = list
        self.key = key
        self.access = access
    }

    /// Reads a word as vzctl does: the access stands behind the last colon.
    init(_ list: OpenVZConf.List, word: String) {
        switch list {
        case .netdev, .pci: self.init(list, word)
        case .devnodes, .devices:
            let colon = word.lastIndex(of: ":")
            self.init(
                list, String(word[..<(colon ?? word.endIndex)]), access: colon.map { String(word[$0...].dropFirst()) })
        }
    }

    /// The word.
    var word: String { access.map { "\(key):\($0)" } ?? key }

    /// Whether the container may only read. Nil: it may do nothing, or what is not known.
    var isReadOnly: Bool? {
        guard let access, access.contains("r"), access.allSatisfy({ "rwq".contains($0) }) else { return nil }
        return !access.contains("w")
    }
}
