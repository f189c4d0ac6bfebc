import Testing
import XMLTree

@Suite struct XMLWriterTests {
    @Test func writesSingleQuotesAndTwoSpaces() throws {
        let element = XMLElement(
            "a", [XMLAttribute("b", "1"), XMLAttribute("c", "2")],
            children: [XMLElement("d", children: [XMLElement("e")]), XMLElement("f", text: "g")])
        #expect(try element.xml() == "<a b='1' c='2'>\n  <d>\n    <e/>\n  </d>\n  <f>g</f>\n</a>")
        #expect(try XMLElement("a", children: [XMLElement("b")]).xml(margin: "\t") == "<a>\n\t  <b/>\n\t</a>")
    }

    @Test(arguments: ["<&>'\"", "\t\n\r", " a  b ", "é€𝄞\u{85}\u{2028}", "]]>", "&amp;"])
    func readsBackWhatItWrote(value: String) throws {
        let element = XMLElement("a", [XMLAttribute("b", value)], children: [XMLElement("c", text: "x" + value)])
        #expect(try XMLDocument(parsing: Array(element.xml().utf8)).root == element)
    }

    @Test(arguments: ["\u{0}", "\u{1}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
    func refusesWhatXMLCannotHold(value: String) {
        #expect(throws: XMLError.self) { try XMLElement("a", [XMLAttribute("b", value)]).xml() }
        #expect(throws: XMLError.self) { try XMLElement("a", text: value).xml() }
    }
}
