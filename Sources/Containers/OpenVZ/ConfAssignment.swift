/// A line `NAME=value` of a conf, read as vzctl reads it: every backslash is dropped and the byte behind it is literal; then
/// white space at both ends goes; a value that opens with `"` ends at the line's last `"`, any other is the rest of the
/// line, comments and single quotes included. What C takes for the end of a text, a NUL, ends the line.
///
/// It remembers where in the file each byte of the value stands, so that a part can be changed and the rest stays.
struct ConfAssignment {
    /// The line in the file, with its line feed.
    let line: Range<Int>
    /// The value without backslashes.
    let value: [UInt8]
    /// Where each byte of the value begins in the file, a backslash before it included, and where the last one ends.
    private let places: [Int]
    /// Whether the value stands in double quotes.
    let isQuoted: Bool
    /// Where in the file that begins which follows the value and its quote: white space, or a comment behind quotes.
    let tail: Int

    /// Nil for a line that is no assignment to that name: another name, a comment, or quotes that do not close.
    init?(_ name: [UInt8], in file: [UInt8], line: Range<Int>) {
        // Most lines are seen through at their first byte.
        let first = file[line].first { !$0.isSpace && $0 != .backslash }
        guard first == name.first else { return nil }
        var (bytes, starts, ends) = Self.unescaped(file, line)
        while bytes.last?.isSpace == true {
            bytes.removeLast()
            starts.removeLast()
            ends.removeLast()
        }
        let begin = bytes.firstIndex { !$0.isSpace } ?? bytes.count
        guard bytes[begin...].starts(with: name), let equals = bytes[begin...].firstIndex(of: .equals),
            equals == begin + name.count
        else { return nil }
        var range = (equals + 1)..<bytes.count
        var last = bytes.count - 1
        isQuoted = bytes[range].first == .quote
        if isQuoted {
            guard let close = bytes.lastIndex(of: .quote), close > range.lowerBound else { return nil }
            range = (range.lowerBound + 1)..<close
            last = close
        }
        tail = ends[last]
        self.line = line
        value = Array(bytes[range])
        places = Array(starts[range]) + [range.isEmpty ? ends[range.lowerBound - 1] : ends[range.upperBound - 1]]
    }

    /// The bytes that remain without backslashes, and where each begins and ends in the file.
    private static func unescaped(
        _ file: [UInt8], _ line: Range<Int>
    ) -> (bytes: [UInt8], starts: [Int], ends: [Int]) {
        var (bytes, starts, ends): ([UInt8], [Int], [Int]) = ([], [], [])
        var start: Int?
        for index in line {
            let byte = file[index]
            if byte == 0 || byte == .lineFeed { break }
            if byte == .backslash, start == nil {
                start = index
                continue
            }
            bytes.append(byte)
            starts.append(start ?? index)
            ends.append(index + 1)
            start = nil
        }
        return (bytes, starts, ends)
    }

    /// The value's words, as ranges of ``value``.
    var words: [Range<Int>] {
        var words: [Range<Int>] = []
        var start: Int?
        for (index, byte) in value.enumerated() {
            if byte.separatesWords {
                if let begin = start { words.append(begin..<index) }
                start = nil
            } else if start == nil {
                start = index
            }
        }
        if let start { words.append(start..<value.count) }
        return words
    }

    /// Where a part of the value stands in the file.
    func place(_ range: Range<Int>) -> Range<Int> {
        places[range.lowerBound]..<(range.isEmpty ? places[range.lowerBound] : places[range.upperBound])
    }

    /// Where the value ends in the file.
    var end: Int { places[value.count] }
}

extension UInt8 {
    static let backslash = UInt8(ascii: "\\")
    static let equals = UInt8(ascii: "=")
    static let lineFeed = UInt8(ascii: "\n")
    static let quote = UInt8(ascii: "\"")

    /// What separates the words of a list: white space, and for OpenVZ 7 a comma, which no name has for vzctl 4.
    var separatesWords: Bool { isSpace || self == UInt8(ascii: ",") }

    /// What isspace(3) takes for white space.
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
