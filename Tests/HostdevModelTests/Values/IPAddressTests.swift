import HostdevModel
import Testing

@Suite struct IPAddressTests {
    /// A text, and the same address as it is written.
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"),
        ("192.168.122.255", "192.168.122.255"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),  // the first of two equal runs of zeros
        ("2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1"),  // the longest run
        ("2001:0db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"),  // a single zero stays
        ("1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0"),  // a double colon for one group
        ("::ffff:10.0.0.1", "::ffff:10.0.0.1"),
        ("64:ff9b::10.0.0.1", "64:ff9b::a00:1"),
        ("1:2:3:4:5:6:10.0.0.1", "1:2:3:4:5:6:a00:1"),
        ("fe80::1", "fe80::1"),
    ]) func reads(text: String, written: String) throws {
        let address = try IPAddress(text)
        #expect(address.description == written)
        #expect(try IPAddress(written) == address)
        #expect(try IPAddress(bytes: address.bytes) == address)
        #expect(address.bytes.count == (address.family == .ipv4 ? 4 : 16))
    }

    @Test(arguments: [
        "", " ", "10.0.0", "10.0.0.0.0", "10.0.0.256", "10.0.0.-1", "10.0.0.+1",
        "10.0.0.01",  // octal to some, decimal to others
        "0x0a.0.0.1", "10.0.0.1 ", "10..0.1",
        ":", ":::", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2::3", "1:2:3:4:5:6:7::8",
        "12345::", "::g", ":1::", "::1:", "1:",
        "fe80::1%eth0",  // zones have no place in a document
        "::10.0.0.1:1",  // IPv4 only at the end
        "10.0.0.1::",
        "10.0.0.1/24",
    ]) func refuses(text: String) {
        #expect(throws: InvalidValue.self) { try IPAddress(text) }
    }

    @Test func refusesOtherNumbersOfBytes() {
        #expect(throws: InvalidValue.self) { try IPAddress(bytes: [1, 2, 3, 4, 5]) }
    }

    /// A prefix, and its network.
    @Test(arguments: [
        ("10.0.0.5/24", "10.0.0.0/24"),
        ("10.0.0.5/0", "0.0.0.0/0"),
        ("10.0.0.5/32", "10.0.0.5/32"),
        ("10.0.0.5", "10.0.0.5/32"),  // an address alone
        ("10.0.0.255/31", "10.0.0.254/31"),
        ("2001:db8::1/64", "2001:db8::/64"),
        ("2001:db8::1/0", "::/0"),
        ("2001:db8::1", "2001:db8::1/128"),
    ]) func knowsTheNetwork(text: String, network: String) throws {
        #expect(try IPPrefix(text).network.description == network)
    }

    @Test(arguments: [
        "10.0.0.5/33", "::/129", "10.0.0.5/", "/24", "10.0.0.5/-1", "10.0.0.5/24/24", "10.0.0.5/255.0.0.0",
    ])
    func refusesPrefix(text: String) {
        #expect(throws: InvalidValue.self) { try IPPrefix(text) }
    }
}
