import ByteStrings
import Testing

@Suite struct ByteStringTests {
    /// Texts that Swift takes for equal, and that are different names to the kernel.
    @Test(arguments: [
        ("\u{E9}", "e\u{301}"), ("\u{C5}", "\u{212B}"), ("K", "\u{212A}"), (";", "\u{37E}"),
        ("\u{AC00}", "\u{1100}\u{1161}"),
        ("\u{1E69}", "s\u{307}\u{323}"),
    ])
    func equalToSwiftAlone(one: String, other: String) {
        #expect(one == other)
        #expect(ByteString(one) != ByteString(other))
        #expect(Set([ByteString(one), ByteString(other)]).count == 2)
        #expect((ByteString(one) < ByteString(other)) != (ByteString(other) < ByteString(one)))
        #expect(!ByteString(one + "x").hasPrefix(ByteString(other)))
        #expect(ByteString(bytes: Array(one.utf8)) == ByteString(one))
    }

    /// Names that are no UTF-8, or in which characters stand that are used to write such.
    @Test(arguments: [
        [0xFF], [0xE9], [0x65, 0xCC], [0x65, 0xCC, 0x81, 0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80],
        [0xF4, 0x90, 0x80, 0x80],
        [0xF4, 0x8F, 0xBE, 0x80], [0xF4, 0x8F, 0xBF, 0xBF], [0xF4, 0x8F, 0xBD, 0xBF], [0xF4], [0x41, 0xF4, 0x42], [],
        [0x80], [0x0D, 0x0A], [0xEF, 0xBF, 0xBD], [0xEF, 0xBF, 0xBE], [0x01, 0x1B, 0x41], [0xF4, 0x8F, 0xBC, 0x81],
    ])
    func leadsBackToTheBytes(bytes: [UInt8]) {
        let name = ByteString(bytes: bytes)
        #expect(name.bytes == bytes)
        for text in [name.text, name.xmlText] {
            #expect(ByteString(text) == name)
            #expect(ByteString(text).bytes == bytes)
        }
        #expect(name.xmlText.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0xFFFE })
    }

    @Test func everyNameHasATextOfItsOwn() {
        var names: [String: [UInt8]] = [:]
        let bytes: [UInt8] = [0x41, 0x80, 0x8F, 0xBE, 0xBF, 0xCC, 0xE9, 0xF4, 0xFF]
        var pending: [[UInt8]] = [[]]
        while let name = pending.popLast() {
            let text = ByteString(bytes: name).text
            #expect(names.updateValue(name, forKey: text) == nil, "\(name)")
            #expect(ByteString(text).bytes == name)
            if name.count < 4 { pending += bytes.map { name + [$0] } }
        }
    }
}
