internal import ByteStrings

extension OpenVZConf {
    /// Adds a word to the end of a list. One that is there already is left as it is.
    ///
    /// All other bytes stay, and ``remove(_:where:)`` brings the same file back. The exception is a list of several lines,
    /// which becomes one: vzctl reads all of them but changes the first, so that it could not take a word away any more.
    public mutating func add(_ word: String, to list: List) {
        join(list)
        guard !words(list).contains(where: { ByteString($0) == ByteString(word) }) else { return }
        if let line = assignments(list.rawValue).first {
            append(Array(word.utf8)[...], to: line)
        } else {
            insertLine("\(list.rawValue)=\"\(word)\"")
        }
    }

    /// Takes words out of a list, and says which they were. A line that had nothing else goes as a whole.
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

    /// Makes a list of several lines one of one line: the first that vzctl would change, which begins with the name.
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
        // From the last to the first, so that the places of those before stay right.
        for line in others.reversed() { bytes.replaceSubrange(line.line, with: comment(behind: line)) }
        for word in new {
            for line in assignments(list.rawValue) { append(word[...], to: line) }
        }
    }

    /// The comment behind a quoted value as a line of its own; empty where there is none.
    private func comment(behind line: ConfAssignment) -> [UInt8] {
        guard line.isQuoted else { return [] }
        let rest = bytes[line.end..<line.line.upperBound].dropFirst()
        guard let begin = rest.firstIndex(where: { !$0.isSpace }), rest[begin] == UInt8(ascii: "#") else { return [] }
        return Array(rest[begin...])
    }

    /// A list with a blank at its end gets another one, as vzctl writes DEVNODES; one without stays without. One that was
    /// empty has a blank behind its end from then on, where nobody reads it: by that the line is known not to go when the
    /// list is empty again.
    private mutating func append(_ word: ArraySlice<UInt8>, to line: ConfAssignment) {
        guard !line.value.isEmpty else {
            if comment(behind: line).isEmpty { bytes.insert(0x20, at: line.tail) }
            // A quote that came right behind the equals sign would be that of the whole value.
            let blank: [UInt8] = !line.isQuoted && word.first == .quote ? [0x20] : []
            bytes.insert(contentsOf: blank + Array(word), at: line.end)
            return
        }
        // A shell that reads the file must not take the second word of a value without quotes for a command.
        let blank: [UInt8] = line.isQuoted ? [0x20] : [.backslash, 0x20]
        let endsWithBlank = line.isQuoted && line.value.last?.separatesWords == true
        bytes.insert(contentsOf: endsWithBlank ? Array(word) + blank : blank + Array(word), at: line.end)
    }

    /// Whether a list was empty before its first word was added.
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
        // With the blank behind it or, at the end, the one before it: the one that came with it.
        var range = word
        if range.upperBound < line.value.count {
            range = range.lowerBound..<(range.upperBound + 1)
        } else if range.lowerBound > 0 {
            range = (range.lowerBound - 1)..<range.upperBound
        }
        bytes.removeSubrange(line.place(range))
    }

    /// A new line at the end, with the line ending of the one before it. It goes before a last line that does not end:
    /// OpenVZ 7 appends its own to that as if it were the same line.
    private mutating func insertLine(_ text: String) {
        let position = bytes.lastIndex(of: .lineFeed).map { $0 + 1 } ?? 0
        let ending = bytes[..<position].suffix(2).elementsEqual([0x0D, 0x0A]) ? "\r\n" : "\n"
        bytes.insert(contentsOf: (text + ending).utf8, at: position)
    }
}
