internal import ByteStrings
internal import LinuxSystem

/// A line `KEY = VALUE` of an LXC configuration, read as LXC's parse_line() does: blanks at both ends of key and value go,
/// then a pair of quotes around the value. What does not begin with `lxc.` is a comment, or nobody's.
///
/// A line ends at a line feed or a carriage return; the text ends at a NUL.
struct LXCLine: Hashable {
    let key: String
    /// Empty: all that the key has said so far is void.
    let value: String
    /// Where it is in the file, with what ends it.
    let range: Range<Int>

    /// All of them, in the file's order.
    static func lines(_ bytes: [UInt8]) -> [LXCLine] {
        let end = textEnd(bytes)
        var lines: [LXCLine] = []
        var start = 0
        while start < end {
            var stop = start
            while stop < end, !bytes[stop].endsLine { stop += 1 }
            var next = min(stop + 1, end)
            if next < end, bytes[stop] == .carriageReturn, bytes[next] == .lineFeed { next += 1 }
            if let line = LXCLine(bytes[start..<stop], range: start..<next) { lines.append(line) }
            start = next
        }
        return lines
    }

    /// Where the text ends: LXC reads no further than to a NUL.
    static func textEnd(_ bytes: [UInt8]) -> Int { bytes.firstIndex(of: 0) ?? bytes.count }

    private init?(_ line: ArraySlice<UInt8>, range: Range<Int>) {
        let line = line.drop(while: \.isBlank)
        guard line.starts(with: "lxc.".utf8), let equals = line.firstIndex(of: .equals) else { return nil }
        key = ByteString(bytes: line[..<equals].trimmed).text
        var value = line[(equals + 1)...].trimmed
        if let first = value.first, first == .quote || first == .apostrophe, value.count > 1, value.last == first {
            value = value.dropFirst().dropLast()
        }
        self.value = ByteString(bytes: value).text
        self.range = range
    }
}

extension UInt8 {
    static let carriageReturn = UInt8(ascii: "\r")
    static let apostrophe = UInt8(ascii: "'")
    /// What LXC takes for white space at the ends.
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 }
    /// What ends a line of LXC's.
    var endsLine: Bool { self == .lineFeed || self == .carriageReturn }
}

extension ArraySlice<UInt8> {
    fileprivate var trimmed: ArraySlice<UInt8> {
        let rest = drop(while: \.isBlank)
        return rest.lastIndex { !$0.isBlank }.map { rest[...$0] } ?? []
    }
}
