internal import ByteStrings

/// The content of an OpenVZ conf: bytes, since no encoding is certain, and vzctl sometimes appends a line of random bytes. It
/// is read and changed as vzctl 4 does it, and not by a shell.
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
    /// The value of `$VEID`.
    let id: String
    /// Whether only the last of several lines with one name counts, as with OpenVZ 7.
    private let onlyLastLineCounts: Bool

    /// The conf of the container with an id, from bytes.
    public init(bytes: [UInt8], id: String, onlyLastLineCounts: Bool = false) {
        self.bytes = bytes
        self.id = id
        self.onlyLastLineCounts = onlyLastLineCounts
    }

    /// Returns the value of a variable: that of the first line with the name, or with OpenVZ 7 of the last. Returns nil when
    /// there is none.
    public func value(_ name: String) -> String? {
        assignments(name).first.map { substituted($0.value[...]) }
    }

    /// Returns the words of a list, each once: those of all lines with the name, or with OpenVZ 7 of the last.
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

    /// Returns the lines that set a variable.
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

    /// Replaces `$VEID` and `${VEID}` by the id. vzctl knows no other variable.
    func substituted(_ value: ArraySlice<UInt8>) -> String {
        var bytes = Array(value)
        for variable in ["$VEID", "${VEID}"] { bytes = bytes.replacing(Array(variable.utf8), with: Array(id.utf8)) }
        return ByteString(bytes: bytes[...]).text
    }
}

extension OpenVZConf {
    /// Adds a word to the end of a list, unless the list contains it.
    ///
    /// All other bytes stay, and ``remove(_:where:)`` restores the same file. The exception is a list of several lines, which
    /// are joined to one: vzctl reads all of them but changes only the first, and so could not remove a word.
    public mutating func add(_ word: String, to list: List) {
        join(list)
        guard !words(list).contains(where: { ByteString($0) == ByteString(word) }) else { return }
        if let line = assignments(list.rawValue).first {
            append(Array(word.utf8)[...], to: line)
        } else {
            insertLine("\(list.rawValue)=\"\(word)\"")
        }
    }

    /// Removes words from a list, and returns them. A line without any other word is removed as a whole.
    @discardableResult
    public mutating func remove(_ list: List, where matches: (String) -> Bool) -> [String] {
        join(list)
        var removed: [String] = []
        while let line = assignments(list.rawValue).first,
            let word = line.words.last(where: { matches(substituted(line.value[$0])) })
        {
            removed.insert(substituted(line.value[word]), at: 0)
            remove(word, from: line)
        }
        return removed
    }

    /// Joins the lines of a list to one: the first that vzctl would change, which begins with the name.
    private mutating func join(_ list: List) {
        let lines = assignments(list.rawValue)
        guard lines.count > 1 else { return }
        let name = Array("\(list.rawValue)=".utf8)
        let kept = lines.firstIndex { bytes[$0.line].starts(with: name) } ?? 0
        var known = Set(lines[kept].words.map { lines[kept].value[$0] })
        var others = lines
        others.remove(at: kept)
        let new = others.flatMap { line in
            line.words.filter { known.insert(line.value[$0]).inserted }.map { Array(bytes[line.place($0)]) }
        }
        // From the last to the first, so that the positions of the others stay valid.
        for line in others.reversed() { bytes.replaceSubrange(line.line, with: comment(behind: line)) }
        for word in new {
            for line in assignments(list.rawValue) { append(word[...], to: line) }
        }
    }

    /// Returns the comment after a quoted value as a line of its own. Empty when there is none.
    private func comment(behind line: ConfAssignment) -> [UInt8] {
        guard line.isQuoted else { return [] }
        let rest = bytes[line.end..<line.line.upperBound].dropFirst()
        guard let begin = rest.firstIndex(where: { !$0.isSpace }), rest[begin] == UInt8(ascii: "#") else { return [] }
        return Array(rest[begin...])
    }

    /// Appends a word to a list. A list with a blank at its end gets another one, as vzctl writes DEVNODES. A list that was
    /// empty gets a blank after its end, which nobody reads: it marks that the line is not removed when the list is empty
    /// again.
    private mutating func append(_ word: ArraySlice<UInt8>, to line: ConfAssignment) {
        guard !line.value.isEmpty else {
            if comment(behind: line).isEmpty { bytes.insert(0x20, at: line.tail) }
            // A quote directly after the equals sign would be that of the whole value.
            let blank: [UInt8] = !line.isQuoted && word.first == .quote ? [0x20] : []
            bytes.insert(contentsOf: blank + Array(word), at: line.end)
            return
        }
        // In a shell that reads the file, the second word of a value without quotes would be a command.
        let blank: [UInt8] = line.isQuoted ? [0x20] : [.backslash, 0x20]
        let endsWithBlank = line.isQuoted && line.value.last?.separatesWords == true
        bytes.insert(contentsOf: endsWithBlank ? Array(word) + blank : blank + Array(word), at: line.end)
    }

    /// Returns whether a list was empty before its first word was added.
    private func wasEmpty(_ line: ConfAssignment) -> Bool {
        line.tail < line.line.upperBound && bytes[line.tail] == 0x20
    }

    private mutating func remove(_ word: Range<Int>, from line: ConfAssignment) {
        let isAlone = word.lowerBound == 0 && line.value[word.upperBound...].allSatisfy(\.separatesWords)
        if isAlone, comment(behind: line).isEmpty {
            guard wasEmpty(line) else {
                bytes.removeSubrange(line.line)
                return
            }
            bytes.remove(at: line.tail)
        }
        // With the blank that was added with it: the next one or, at the end, the previous one.
        var range = word
        if range.upperBound < line.value.count {
            range = range.lowerBound..<(range.upperBound + 1)
        } else if range.lowerBound > 0 {
            range = (range.lowerBound - 1)..<range.upperBound
        }
        bytes.removeSubrange(line.place(range))
    }

    /// Inserts a line at the end, with the line ending of the file. A last line without an ending stays the last, since OpenVZ
    /// 7 appends its own lines to it.
    private mutating func insertLine(_ text: String) {
        let position = bytes.lastIndex(of: .lineFeed).map { $0 + 1 } ?? 0
        let ending = bytes[..<position].suffix(2).elementsEqual([0x0D, 0x0A]) ? "\r\n" : "\n"
        bytes.insert(contentsOf: (text + ending).utf8, at: position)
    }
}
