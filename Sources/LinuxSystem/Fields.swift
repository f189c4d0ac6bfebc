/// Takes the kernel's files apart by bytes, since what they say is separated by ASCII: to find where a character ends takes
/// five times as long.
extension StringProtocol where SubSequence == Substring {
    /// The lines, without empty ones.
    public var lines: [Substring] { fields(separatedBy: "\n") }

    /// What stands between blanks.
    public var fields: [Substring] { fields(separatedBy: " ", "\t") }

    /// What stands before and behind the first separator, which is ASCII. Nil: there is none.
    public func halves(at separator: Unicode.Scalar) -> (before: Substring, behind: Substring)? {
        let bytes = Substring(self).utf8
        guard let place = bytes.firstIndex(of: UInt8(ascii: separator)) else { return nil }
        return (Substring(bytes[..<place]), Substring(bytes[place...].dropFirst()))
    }

    /// What stands between separators, which are ASCII, without empty parts.
    public func fields(separatedBy separators: Unicode.Scalar...) -> [Substring] {
        let bytes = separators.map { UInt8(ascii: $0) }
        return Substring(self).utf8.split(whereSeparator: bytes.contains).map { Substring($0) }
    }
}
