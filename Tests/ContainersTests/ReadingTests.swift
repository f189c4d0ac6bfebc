import Testing

@testable import Containers

@Suite struct ReadingTests {
    @Test func readsJSON() throws {
        let text =
            #" {"a": {"b": [1, -2, "x\n\u00e9\ud83d\ude00\"", null, true, 1.5e3]}, "a2": "é", "n": 12, "n": 13, "": {}} "#
        let json = try #require(JSON(Array(text.utf8)))
        let elements = json["a"]?["b"]?.elements ?? []
        #expect(elements.map { $0.integer(Int.self) } == [1, -2, nil, nil, nil, nil])
        #expect(elements.map(\.string) == [nil, nil, "x\né😀\"", nil, nil, nil])
        #expect(json["a2"]?.string == "é")
        // As Go reads it, in which the engines are written.
        #expect(json["n"]?.integer() == 13)
        #expect(json["n"]?.integer(Int8.self) == 13)
        #expect(json["none"]?.string == nil)
        #expect(json["n"]?["x"]?.string == nil)
        #expect(json[""]?.members.count == 0)
    }

    @Test(arguments: [
        "", " ", "{", "}", "{}x", "{}{}", "[1,]", "[,]", "{,}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, "{a:1}", "01",
        "1.", ".5",
        "+1", "-", "1e", "nul", "truex", "'a'", "\"", #""\x""#, #""\u12""#, "\"\u{01}\"", "[1 2]", "NaN",
        String(repeating: "[", count: 100_000),
        String(repeating: "[", count: 200) + String(repeating: "]", count: 200),
    ])
    func refusesWhatIsNoJSON(text: String) {
        let opened = JSON(Array(text.utf8)) != nil
        #expect(!opened)
    }

    /// What was not asked for is not looked at; who asks for all knows whether it was all.
    @Test(
        arguments: [
            (#"{"a": 1, "b": {"c": [2]}}"#, ["a", "b"], true), ("{ }", [], true), (#"{"a": 1} x"#, ["a"], false),
            (#"{"a": 1, "b""#, ["a"], false), (#"{"a": 1,}"#, ["a"], false), (#"{"a": 1 "b": 2}"#, ["a"], false),
            ("", [], false), ("}", [], false), ("[1]", [], false), (#"{"a": nul}"#, [], false),
        ] as [(String, [String], Bool)])
    func readsMembersUpToTheFirstFault(text: String, names: [String], isComplete: Bool) {
        var members = JSONMembers(Array(text.utf8)[...])
        var read: [String] = []
        while let (name, _) = members.next() { read.append(name) }
        #expect(read == names)
        #expect(members.isComplete == isComplete)
        #expect(members.next() == nil)
    }

    @Test(
        arguments: [
            (["systemd-nspawn", "-M", "web", "-D", "/srv/x"], "web"),
            (["/usr/bin/systemd-nspawn", "--machine=web", "--directory=/srv/x"], "web"),
            (["systemd-nspawn", "-bD", "/srv/web"], "web"),
            (["systemd-nspawn", "-D/srv/web/", "-q", "sh", "-M", "other"], "web"),
            (["systemd-nspawn", "--quiet", "--image", "/srv/web.raw", "--", "-M", "other"], "web"),
            (["systemd-nspawn", "--machine", "web", "-u", "root"], "web"),
            (["systemd-nspawn", "-b"], nil),
        ] as [([String], String?)])
    func readsNspawnsArguments(arguments: [String], machine: String?) {
        #expect(NspawnArguments(arguments).machine == machine)
    }
}
