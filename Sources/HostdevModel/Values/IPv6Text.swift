/// The address that a text says, in any of the three forms of RFC 4291, section 2.2.
func parseIPv6(_ text: some StringProtocol) -> UInt128? {
    let halves = splitAtDoubleColon(text)
    guard let head = parseGroups(halves.head, mayEndWithIPv4: halves.tail == nil) else { return nil }
    guard let tailText = halves.tail else {
        return head.count == 8 ? join(head) : nil
    }
    guard let tail = parseGroups(tailText, mayEndWithIPv4: true), head.count + tail.count < 8 else { return nil }
    return join(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
}

/// An address in the form that RFC 5952, section 4, asks for; the last 32 bits as IPv4 only in a mapped address.
func formatIPv6(_ value: UInt128) -> String {
    if value >> 32 == 0xFFFF { return "::ffff:\(IPAddress(.ipv4, value & 0xFFFF_FFFF))" }
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: value >> UInt128(112 - 16 * $0)) }
    let zeros = longestRunOfZeros(groups)
    func text(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }
    guard zeros.count > 1 else { return text(groups[...]) }
    return text(groups[..<zeros.lowerBound]) + "::" + text(groups[zeros.upperBound...])
}

private func splitAtDoubleColon<Text: StringProtocol>(_ text: Text) -> (head: Text.SubSequence, tail: Text.SubSequence?)
{
    var index = text.startIndex
    while index < text.endIndex {
        if text[index...].hasPrefix("::") {
            return (text[..<index], text[text.index(index, offsetBy: 2)...])
        }
        index = text.index(after: index)
    }
    return (text[...], nil)
}

/// Groups of up to four hexadecimal digits; the last two may be written as an IPv4 address.
private func parseGroups(_ text: some StringProtocol, mayEndWithIPv4: Bool) -> [UInt16]? {
    guard !text.isEmpty else { return [] }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    var groups: [UInt16] = []
    for (index, part) in parts.enumerated() {
        if mayEndWithIPv4, index == parts.count - 1, let ipv4 = parseIPv4(part) {
            groups += [UInt16(ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
        } else if part.utf8.count <= 4, let group: UInt16 = digits(part, radix: 16) {
            groups.append(group)
        } else {
            return nil
        }
    }
    return groups.count <= 8 ? groups : nil
}

private func join(_ groups: [UInt16]) -> UInt128 {
    groups.reduce(0) { $0 << 16 | UInt128($1) }
}

/// The first of the longest runs; empty when no group is zero.
private func longestRunOfZeros(_ groups: [UInt16]) -> Range<Int> {
    var longest = 0..<0
    var start = 0
    for (index, group) in groups.enumerated() {
        if group != 0 { start = index + 1 }
        if index + 1 - start > longest.count { longest = start..<index + 1 }
    }
    return longest
}
