import Testing

@testable import Containers

@Suite struct IDMapTests {
    @Test(
        arguments: [
            ("0 0 4294967295", 1_000, 1_000),
            ("0 100000 65536", 65_535, 165_535),
            ("0 100000 65536", 65_536, nil),
            ("0 100000 1\n1000 1000 1", 1_000, 1_000),
            // The highest that there is.
            ("0 4294901759 65536", 65_535, 4_294_967_294),
            // What the kernel says to somebody in a user namespace that has no such ids.
            ("0 4294967295 65536", 0, nil),
            ("0 4294967295 65536", 1, nil),
            ("0 4294967000 65536", 65_535, nil),
            ("", 0, nil),
            ("no map", 0, nil),
        ] as [(String, UInt32, UInt32?)])
    func outside(map: String, id: UInt32, expected: UInt32?) {
        #expect(IDMap(map).outside(id) == expected)
    }
}
