import ByteStrings
import Testing

@testable import HostdevCommands

/// The escaping of output, so that no name controls the terminal or misleads the reader.
@Suite struct PrintableTests {
    @Test(arguments: [
        ("eth0", "eth0"),
        ("Gerät é 日本", "Gerät é 日本"),
        ("a\\b", "a\\b"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\u{1B}[31mred", "\\x1b[31mred"),
        ("\u{7F}\u{0}", "\\x7f\\x00"),
        // The writing direction, an invisible mark, a line separator, and a control character beyond ASCII.
        ("a\u{202E}b", "a\\u{202e}b"),
        ("a\u{200B}b\u{FEFF}", "a\\u{200b}b\\u{feff}"),
        ("a\u{2028}b", "a\\u{2028}b"),
        ("a\u{9B}b", "a\\u{9b}b"),
        ("\u{E000}", "\\u{e000}"),
    ])
    func textIsEscaped(text: String, printed: String) {
        #expect(text.printable == printed)
    }

    @Test func bytesThatAreNotUTF8AreShownAsBytes() {
        #expect(ByteString(bytes: [0x61, 0xFF, 0x80]).text.printable == "a\\xff\\x80")
    }

    @Test func jsonIsEscapedAsJSON() {
        #expect("{\"a\":\"\u{202E}é\"}".printableJSON == "{\"a\":\"\\u202eé\"}")
        #expect("\u{10FFFF}".printableJSON == "\\udbff\\udfff")
    }

    @Test func xmlIsEscapedAsXMLAndKeepsItsLines() {
        #expect("<a b='\u{202E}'/>\n<c/>\n".printableXML == "<a b='&#x202e;'/>\n<c/>\n")
    }
}
