import Testing
import XMLTree

@Suite struct XMLWriterTests {
    @Test func writesSingleQuotesAndTwoSpaces() throws {
        let node = XMLNode(
            "a", [XMLAttribute("b", "1"), XMLAttribute("c", "2")],
            children: [XMLNode("d", children: [XMLNode("e")]), XMLNode("f", text: "g")])
        #expect(try node.xml() == "<a b='1' c='2'>\n  <d>\n    <e/>\n  </d>\n  <f>g</f>\n</a>")
        #expect(try XMLNode("a", children: [XMLNode("b")]).xml(margin: "\t") == "<a>\n\t  <b/>\n\t</a>")
    }

    @Test(arguments: ["<&>'\"", "\t\n\r", " a  b ", "é€𝄞\u{85}\u{2028}", "]]>", "&amp;"])
    func readsBackWhatItWrote(value: String) throws {
        let node = XMLNode("a", [XMLAttribute("b", value)], children: [XMLNode("c", text: "x" + value)])
        let root = try XMLDocument(parsing: Array(node.xml().utf8)).root
        #expect(root["b"] == value)
        #expect(root.child("c")?.text == "x" + value)
    }

    @Test(arguments: ["\u{0}", "\u{1}", "\u{1F}", "\u{FFFE}", "\u{FFFF}"])
    func refusesWhatXMLCannotHold(value: String) {
        #expect(throws: XMLError.self) { try XMLNode("a", [XMLAttribute("b", value)]).xml() }
        #expect(throws: XMLError.self) { try XMLNode("a", text: value).xml() }
    }
}
