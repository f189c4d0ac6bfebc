import HostdevModel
import Testing

@Suite struct InterfaceNameTests {
    @Test(arguments: [
        "e",  // the shortest
        "eth0",
        "enp0s31f6np1d0x",  // 15 bytes, the longest
        "br-0123.100_a",
        "...",  // only '.' and '..' have a meaning
        "über",  // names are bytes, of whatever encoding
        "a'\"<&>",  // nothing to the kernel
    ]) func takes(text: String) throws {
        let name = try InterfaceName(text)
        #expect(name.description == text)
        #expect(name.text == text)
        #expect(name.bytes == Array(text.utf8))
        #expect(try InterfaceName(bytes: Array(text.utf8)) == name)
    }

    @Test(arguments: [
        "",  // nothing
        "enp0s31f6np1d0xx",  // 16 bytes
        "überüberüberüb",  // 14 letters, but 17 bytes
        "a/b",
        "eth0:1",  // the old way to name an alias
        ".",
        "..",
        "eth 0",
        "eth0\n",
        "\teth0",
        "à",  // its second byte is 0xA0, white space to the kernel
        "lan%d",  // a pattern, not a name
        "50%",
    ]) func refuses(text: String) {
        let error = #expect(throws: InvalidValue.self) { try InterfaceName(text) }
        #expect(error?.message.contains("1 to 15 bytes") == true)
    }

    @Test func takesBytesThatAreNotText() throws {
        let name = try InterfaceName(bytes: [0x65, 0xFF])
        #expect(name.text == nil)
        #expect(name.bytes == [0x65, 0xFF])
        #expect(try name != InterfaceName(bytes: [0x65, 0xFE]))
        #expect(throws: InvalidValue.self) { try InterfaceName(bytes: [0x65, 0]) }
    }

    @Test(arguments: [
        ("lan%d", "lan7"),
        ("%d", "7"),
        ("a%db", "a7b"),
    ]) func makesNamesFromAPattern(pattern: String, name: String) throws {
        #expect(try InterfaceNamePattern(pattern).name(7).description == name)
        #expect(try TargetName(pattern) == .pattern(InterfaceNamePattern(pattern)))
    }

    @Test(arguments: [
        "lan",  // no number in it
        "lan%",
        "lan%s",
        "lan%d%d",
        "lan%%d",
        "lan %d",
        "abcdefghijklmn%d",  // 16 bytes
    ]) func refusesPattern(pattern: String) {
        #expect(throws: InvalidValue.self) { try InterfaceNamePattern(pattern) }
    }

    @Test func refusesANumberThatMakesANameTooLong() throws {
        let pattern = try InterfaceNamePattern("abcdefghijklm%d")
        #expect(try pattern.name(99).bytes.count == 15)
        #expect(throws: InvalidValue.self) { try pattern.name(100) }
    }
}
