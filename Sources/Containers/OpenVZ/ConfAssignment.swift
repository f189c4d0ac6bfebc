/// A line `NAME=value` of a conf, read as vzctl reads it: every backslash is dropped and the next byte is literal; then white
/// space at both ends is dropped; a value that begins with `"` ends at the last `"` of the line, any other value is the rest of
/// the line, including comments and single quotes. A NUL ends the line.
///
/// It keeps the position in the file of each byte of the value, so that a part can be changed while the rest stays.
struct ConfAssignment {
    /// The line in the file, with its line feed.
    let line: Range<Int>
    /// The value without backslashes.
    let value: [UInt8]
    /// The position in the file of each byte of the value, or of the backslash before it, and the end of the last one.
    private let places: [Int]
    /// Whether the value is in double quotes.
    let isQuoted: Bool
    /// The position after the value and its quote, where white space or a comment may follow.
    let tail: Int

    /// Returns nil for a line that is no assignment to that name: another name, a comment, or an open quote.
    init?(_ name: [UInt8], in file: [UInt8], line: Range<Int>) {
        // Most lines differ in the first byte.
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

    /// Returns the bytes without backslashes, and where each begins and ends in the file.
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

    /// Returns the range in the file of a part of the value.
    func place(_ range: Range<Int>) -> Range<Int> {
        places[range.lowerBound]..<(range.isEmpty ? places[range.lowerBound] : places[range.upperBound])
    }

    /// The position in the file at which the value ends.
    var end: Int { places[value.count] }
}

extension UInt8 {
    static let backslash = UInt8(ascii: "\\")
    static let equals = UInt8(ascii: "=")
    static let lineFeed = UInt8(ascii: "\n")
    static let quote = UInt8(ascii: "\"")

    /// Whether it separates words of a list: white space or, with OpenVZ 7, a comma, which no word of vzctl 4 contains.
    var separatesWords: Bool { isSpace || self == UInt8(ascii: ",") }

    /// Whether it is white space: isspace(3).
    var isSpace: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
