/// An encoding that a document may be in, beside UTF-8.
enum Encoding {
    case utf16(isBigEndian: Bool)
    case latin1

    /// The encoding that the first bytes of a document show, with a byte order mark or without.
    init?(startOf bytes: [UInt8]) {
        switch bytes.prefix(2) {
        case [0xFE, 0xFF], [0, UInt8(ascii: "<")]: self = .utf16(isBigEndian: true)
        case [0xFF, 0xFE], [UInt8(ascii: "<"), 0]: self = .utf16(isBigEndian: false)
        default: return nil
        }
    }

    /// Text in UTF-8 from this encoding; nil when the text is not in it.
    func utf8(_ bytes: [UInt8]) -> [UInt8]? {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        switch self {
        case .latin1:
            let hadError = transcode(
                bytes.lazy.map(UInt32.init).makeIterator(), from: UTF32.self, to: UTF8.self, stoppingOnError: true
            ) { text.append($0) }
            return hadError ? nil : text
        case .utf16(let isBigEndian):
            guard bytes.count % 2 == 0 else { return nil }
            let (high, low) = isBigEndian ? (0, 1) : (1, 0)
            let units = stride(from: 0, to: bytes.count, by: 2).lazy.map { start in
                UInt16(bytes[start + high]) << 8 | UInt16(bytes[start + low])
            }
            let hadError = transcode(
                units.makeIterator(), from: UTF16.self, to: UTF8.self, stoppingOnError: true
            ) { text.append($0) }
            return hadError ? nil : text
        }
    }
}
