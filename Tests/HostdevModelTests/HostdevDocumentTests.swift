import HostdevModel
import Testing

@Suite struct HostdevDocumentTests {
    private static let eth0 = "<hostdev mode='capability'><source name='eth0'/></hostdev>"

    @Test func readsEveryRoot() throws {
        #expect(try read(Self.eth0).root == .hostdev)
        #expect(try read("<devices>\(Self.eth0)</devices>").root == .devices)
        #expect(try read("<devices/>").hostdevs.isEmpty)
        let domain = try read(
            "<domain type='lxc' id='7'><name>web</name><os/><devices><disk/>\(Self.eth0)<video/></devices></domain>")
        #expect(domain.root == .domain(name: "web", type: "lxc"))
        #expect(domain.hostdevs.count == 1)
        #expect(domain.warnings.isEmpty)  // the rest of a domain is none of our business
        #expect(try read("<domain/>").root == .domain(name: nil, type: nil))
    }

    @Test(arguments: [
        (
            "<hostdevs/>",
            "1:1: <hostdevs> is not a document of hostdevs: expected <hostdev>, <devices> or <domain>"
        ),
        (
            "<hostdev xmlns='urn:x'/>",
            "1:1: <hostdev> in the namespace 'urn:x' is not a document of hostdevs: expected <hostdev>, <devices> "
                + "or <domain>"
        ),
        ("<domain><devcies/></domain>", "1:9: <devcies> is not known in <domain>: did you mean <devices>?"),
        (
            "<domain><devices><hosdev/></devices></domain>",
            "1:18: <hosdev> is not known in <devices>: did you mean <hostdev>?"
        ),
        ("", "1:1: the document is empty"),
        ("<devices>", "1:10: not well-formed XML: "),
        ("<!DOCTYPE devices><devices/>", "1:1: a document type (<!DOCTYPE>) is not allowed"),
        (
            "<!DOCTYPE a [<!ENTITY b \"cc\"><!ENTITY d \"&b;&b;\">]><devices>&d;</devices>",
            "1:1: a document type (<!DOCTYPE>) is not allowed"
        ),
        (
            "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><devices>&b;</devices>",
            "1:1: a document type (<!DOCTYPE>) is not allowed"
        ),
        ("<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'><a/>", "1:1: a document type (<!DOCTYPE>) is not allowed"),
        ("<devices>\u{0}</devices>", "1:10: a NUL byte cannot stand in a document"),
    ]) func refuses(xml: String, problem: String) {
        let problems = problems(xml)
        #expect(problems.count == 1 && problems[0].hasPrefix("test.xml:" + problem), "\(problems)")
    }

    @Test func refusesWhatIsNotUTF8() {
        let error = #expect(throws: DocumentError.self) {
            try HostdevDocument(parsing: Array("<devices a='".utf8) + [0xC3, 0x28] + Array("'/>".utf8), name: "-")
        }
        #expect(error?.description == "-:1:13: the text is not UTF-8 from here on")
    }

    @Test func knowsItsLimits() throws {
        let largest = "<devices>" + String(repeating: " ", count: HostdevDocument.sizeLimit - 19) + "</devices>"
        #expect(try read(largest).hostdevs.isEmpty)
        #expect(
            problems(largest + "\n") == [
                "test.xml:1:1: the document has 16777217 bytes: at most 16777216 (16 MiB) are allowed"
            ]
        )

        func many(_ count: Int) -> String {
            let hostdevs = (1...count).map { "<hostdev mode='capability'><source name='eth\($0)'/></hostdev>\n" }
            return "<devices>\n" + hostdevs.joined() + "</devices>"
        }
        #expect(try read(many(10_000)).hostdevs.count == 10_000)
        #expect(problems(many(10_001)) == ["test.xml:10002:1: there are too many hostdevs: at most 10000 are allowed"])

        func nested(_ depth: Int) -> String {
            "<domain>" + String(repeating: "<a>", count: depth - 1) + String(repeating: "</a>", count: depth - 1)
                + "</domain>"
        }
        #expect(try read(nested(256)).hostdevs.isEmpty)
        #expect(problems(nested(257)) == ["test.xml:1:774: elements are nested more than 256 deep"])
    }

    @Test func givesUpAfterSomeThousandProblems() {
        let wrong = problems("<devices>" + String(repeating: "<hosdev/>", count: 20_000) + "</devices>")
        #expect(wrong.count == 10_001)
        let limit = "there are more than 10000 problems: the rest of the document is not checked"
        #expect(wrong.last == "test.xml:1:90010: \(limit)")
        let strange = problems("<devices>" + String(repeating: "<a/>", count: 20_000) + "</devices>")
        #expect(strange == ["test.xml:1:40010: \(limit)"])
    }

    @Test func readsOtherEncodings() throws {
        let utf16 = Array("<?xml version='1.0' encoding='UTF-16'?>\n\(Self.eth0)".utf16)
        let bigEndian: [UInt8] = [0xFE, 0xFF] + utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let littleEndian: [UInt8] = [0xFF, 0xFE] + utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let latin1 = Array("<?xml version='1.0' encoding='ISO-8859-1'?><!-- \u{E9} -->\(Self.eth0)".unicodeScalars)
            .map { UInt8($0.value) }
        let utf8 = [0xEF, 0xBB, 0xBF] + Array("<?xml version='1.0' encoding='utf-8'?>\(Self.eth0)".utf8)
        for bytes in [bigEndian, littleEndian, latin1, utf8] {
            #expect(try HostdevDocument(parsing: bytes, name: "-").hostdevs.count == 1)
        }
        #expect(
            problems("<?xml version='1.0' encoding='klingon'?>\(Self.eth0)") == [
                "test.xml:1:1: the encoding is not known: expected UTF-8, UTF-16 or ISO-8859-1"
            ])
        let plain = Array("<?xml version='1.0' encoding='UTF-16'?><devices/>".utf8)
        for bytes in [littleEndian + [0], littleEndian + [0, 0xD8], plain] {  // half a unit, half a character, neither
            let error = #expect(throws: DocumentError.self) { try HostdevDocument(parsing: bytes, name: "-") }
            #expect(error?.description == "-:1:1: the text is not in UTF-16, as it says")
        }
    }
}
