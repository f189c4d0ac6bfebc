internal import Glibc

/// An IPv4 or IPv6 address in its usual spelling: `inet_ntop(3)`. Other lengths come out as hexadecimal bytes.
public func addressText(_ bytes: [UInt8]) -> String {
    let family = bytes.count == 4 ? AF_INET : AF_INET6
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    guard bytes.count == 4 || bytes.count == 16,
        unsafe inet_ntop(family, bytes, &text, socklen_t(INET6_ADDRSTRLEN)) != nil
    else { return bytes.map(hexadecimal).joined(separator: ":") }
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
