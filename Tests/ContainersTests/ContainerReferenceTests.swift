import Testing

@testable import Containers

@Suite struct ContainerReferenceTests {
    @Test(
        arguments: [
            ("pid:42", "pid", "42"),
            ("netns:/run/netns/blue", "netns", "/run/netns/blue"),
            ("web", nil, "web"),
            // A colon in the name.
            ("lxc:a:b", "lxc", "a:b"),
            // A path with a colon is no engine.
            ("/a:b", nil, "/a:b"),
        ] as [(String, String?, String)])
    func reads(text: String, engine: String?, name: String) throws {
        let reference = try ContainerReference(text)
        #expect(reference.engine == engine)
        #expect(reference.name == name)
        #expect(reference.description == text)
    }

    @Test(arguments: ["", ":", "pid:", ":42"])
    func refuses(text: String) {
        let error = #expect(throws: ContainerError.self) { try ContainerReference(text) }
        #expect(error?.code == .invalidReference)
    }
}
