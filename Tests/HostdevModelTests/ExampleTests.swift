import HostdevModel
import Testing

@Suite struct ExampleTests {
    @Test func areFound() {
        #expect(Examples.names.count > 15)
    }

    @Test(arguments: Examples.names) func isRead(name: String) throws {
        let bytes = try Examples.bytes(name)
        let document = try HostdevDocument(parsing: bytes, name: name)
        #expect(document.warnings.isEmpty)
        #expect(!document.hostdevs.isEmpty)
        #expect(bytes.starts(with: "<!-- ".utf8), "an example starts with a comment that explains it")
        let again = try HostdevDocument(parsing: Array(document.xml().utf8), name: name)
        #expect(again.hostdevs == document.hostdevs)
    }
}
