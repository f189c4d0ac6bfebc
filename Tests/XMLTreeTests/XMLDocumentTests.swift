import Testing
import XMLTree

@Suite struct XMLDocumentTests {
    @Test func readsElementsAttributesAndText() throws {
        let root = try read(
            "<a one='1' two=\"&lt;2&#x3e;\"><b> x &amp; <![CDATA[<y>]]> </b>\n  <!-- c --><c/><?p i?>\n</a>"
        ).root
        #expect(root.name == "a")
        #expect(Array(root.attributes) == [XMLAttribute("one", "1"), XMLAttribute("two", "<2>")])
        #expect(root["two"] == "<2>")
        #expect(root["three"] == nil)
        #expect(root.children.map(\.name) == ["b", "c"])
        #expect(root.child("b")?.text == " x & <y> ")
        #expect(root.text.isEmpty)
    }

    @Test func keepsTextBetweenElements() throws {
        #expect(try read("<a>x<b/> y <b/>\n</a>").root.text == "x y ")
        #expect(try read("<?xml version='1.0'?><a> </a>").root.text == " ")
        #expect(try read("<?xml-style encoding='x'?><a> </a>").root.text == " ")  // which is no declaration
    }

    @Test func tellsForeignNamesApart() throws {
        let root = try read("<a xmlns:q='urn:q' q:x='1' y='2'><q:b/><c xmlns='urn:q'/><d/></a>").root
        #expect(root.attributes.map(\.name) == ["q:x", "y"])
        #expect(root.attributes.map(\.isForeign) == [true, false])
        #expect(root.children.map(\.isForeign) == [true, true, false])
    }

    @Test func knowsWhereElementsAndAttributesStand() throws {
        let document = try read("<!-- é < -->\n<a\n xmlns:q='u' b='>é'  q:c = \"/\"><b/>é<b\n/></a>")
        let positions = document.positions
        let starts = [document.root] + document.root.children
        #expect(starts.map { positions.position(at: $0.range.lowerBound).description } == ["2:1", "3:32", "3:37"])
        #expect(
            document.attributeOffsets(of: document.root).map { positions.position(at: $0).description }
                == ["3:14", "3:22"])
        let last = try #require(starts.last)
        #expect(String(decoding: document.bytes[last.range], as: UTF8.self) == "<b\n/>")
    }

    @Test(arguments: [
        ("", "1:1", "empty"),
        ("<a>", "1:4", "not well-formed"),
        ("<a></b>", "1:8", "tag mismatch"),
        ("<a>\n<b c='1' c='2'/></a>", "2:", "Attribute c redefined"),
        ("<a>&b;</a>", "1:", "Entity 'b' not defined"),
        ("\n<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "2:1", "document type"),
        ("<a/><b/>", "1:5", "not well-formed"),
        ("<a\u{0}/>", "1:3", "NUL"),
    ]) func refuses(text: String, place: String, message: String) throws {
        let error = #expect(throws: XMLError.self) { try read(text) }
        #expect(error?.description.hasPrefix(place) == true, "\(error?.description ?? "")")
        #expect(error?.message.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test func refusesWhatIsNotUTF8AtItsPlace() {
        let error = #expect(throws: XMLError.self) {
            try XMLDocument(parsing: Array("<a>\n<é b='".utf8) + [0xFF] + Array("'/></a>".utf8))
        }
        #expect(error?.position == XMLPosition(line: 2, column: 7))
    }

    @Test func nests256ElementsAndNoMore() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
        }
        _ = try read(nested(256))
        let error = #expect(throws: XMLError.self) { try read(nested(257)) }
        #expect(error?.position == XMLPosition(line: 1, column: 3 * 256 + 1))
    }

    /// Documents that libxml2 could read, but only in hours, and the limit that each exceeds.
    private static let limits: [(text: String, message: String?)] = [
        // an attribute too many on one element, alone and behind a comment
        (attributes("a", 1_001), "1:1: an element has more than 1000 attributes"),
        ("<a><!-- < -->" + attributes("b", 1_001) + "</a>", "1:14: an element has more than 1000 attributes"),
        ("<a>" + attributes("b", 1_000) + "</a>", nil),
        // as many equals signs, but not in a tag
        ("<a>" + repeated("=", 2_000) + "<b/></a>", nil),
        ("<a><!--" + repeated(" a=''", 2_000) + "--></a>", nil),
        // a namespace too many, on one element and around another
        (namespaces("a", 100) + "</a>", nil),
        (
            namespaces("a", 60) + namespaces("b", 41) + "</b></a>",
            "more than 100 namespaces are in scope here"
        ),
        (namespaces("a", 60) + "</a>", nil),
        // a name too many
        (names("<b", 9_000, "/>"), nil),
        (names("<b", 10_001, "/>"), "the document has more than 10000 different names"),
        (names("<?b", 10_001, "?>"), "the document has more than 10000 different names"),
    ]

    @Test(arguments: limits) func knowsTheLimitsOfItsParser(text: String, message: String?) throws {
        guard let message else {
            _ = try read(text)
            return
        }
        let error = #expect(throws: XMLError.self) { try read(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    private static func attributes(_ name: String, _ count: Int) -> String {
        "<\(name)" + (1...count).map { " a\($0)='=>'" }.joined() + "/>"
    }

    private static func namespaces(_ name: String, _ count: Int) -> String {
        "<\(name)" + (1...count).map { " xmlns:a\($0)='u'" }.joined() + ">"
    }

    private static func names(_ start: String, _ count: Int, _ end: String) -> String {
        "<a>" + (1...count).map { start + String($0) + end }.joined() + "</a>"
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private func read(_ text: String) throws -> XMLDocument {
        try XMLDocument(parsing: Array(text.utf8))
    }
}
