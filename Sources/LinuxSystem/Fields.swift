/// Splits the kernel's files by bytes, since their separators are ASCII. To find where characters end would take five times as
/// long.
extension StringProtocol where SubSequence == Substring {
    /// The lines, without empty ones.
    public var lines: [Substring] { fields(separatedBy: "\n") }

    /// The parts between blanks and tabs.
    public var fields: [Substring] { fields(separatedBy: " ", "\t") }

    /// Returns what is before and after the first separator, which is ASCII, or nil when there is none.
    public func halves(at separator: Unicode.Scalar) -> (before: Substring, behind: Substring)? {
        let bytes = Substring(self).utf8
        guard let place = bytes.firstIndex(of: UInt8(ascii: separator)) else { return nil }
        return (Substring(bytes[..<place]), Substring(bytes[place...].dropFirst()))
    }

    /// Returns the parts between separators, which are ASCII, without empty ones.
    public func fields(separatedBy separators: Unicode.Scalar...) -> [Substring] {
        let bytes = separators.map { UInt8(ascii: $0) }
        return Substring(self).utf8.split(whereSeparator: bytes.contains).map { Substring($0) }
    }
}
