/// The address that a text says, in any of the three forms of RFC 4291, section 2.2.
func parseIPv6(_ text: some StringProtocol) -> UInt128? {
    var scanner = TextScanner(text)
    var groups: [UInt16] = []
    /// How many groups stand before the double colon.
    var head: Int?
    if scanner.take(":") {
        guard scanner.take(":") else { return nil }
        head = 0
    }
    while !scanner.isAtEnd {
        if let ipv4 = scanner.lastIPv4() {
            groups += [UInt16(ipv4 >> 16), UInt16(truncatingIfNeeded: ipv4)]
            break
        }
        guard let group: UInt16 = scanner.number(radix: 16, digits: 1...4) else { return nil }
        groups.append(group)
        guard !scanner.isAtEnd else { break }
        guard scanner.take(":"), !scanner.isAtEnd else { return nil }
        if scanner.take(":") {
            guard head == nil else { return nil }
            head = groups.count
        }
    }
    guard let head else { return groups.count == 8 ? join(groups) : nil }
    guard groups.count < 8 else { return nil }
    return join(groups[..<head] + Array(repeating: 0, count: 8 - groups.count) + groups[head...])
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

extension TextScanner {
    /// Takes an IPv4 address, if it is all that comes.
    fileprivate mutating func lastIPv4() -> UInt32? {
        var ahead = self
        guard let address = ahead.ipv4(), ahead.isAtEnd else { return nil }
        self = ahead
        return address
    }
}

private func join(_ groups: some Sequence<UInt16>) -> UInt128 {
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
