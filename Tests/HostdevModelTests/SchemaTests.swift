import Foundation
import HostdevModel
import Testing

/// The schema and the parser agree on whether a document is valid.
///
/// RELAX NG has no words for some rules: the comment at the head of `docs/hostdev.rng` lists them. So the wrong
/// documents here are wrong in a way that it has words for.
@Suite struct SchemaTests {
    @Test func agreesOnTheExamples() throws {
        let verdicts = try Schema.validate(Examples.names.map { try Examples.bytes($0) })
        for (name, isValid) in zip(Examples.names, verdicts) {
            #expect(isValid == isRead(try Examples.bytes(name)), "\(name)")
            #expect(isValid, "\(name)")
        }
    }

    @Test func agreesOnWhatIsWritten() throws {
        let seed = UInt64.random(in: 0...(.max))
        var model = RandomModel(seed: seed)
        var documents: [String] = []
        for _ in 0..<300 {
            let hostdev = try model.hostdev()
            documents.append(try hostdev.xml())
            if let libvirt = try? hostdev.xml(dialect: .libvirt) { documents.append(libvirt) }
        }
        for (document, isValid) in zip(documents, try Schema.validate(documents.map { Array($0.utf8) })) {
            #expect(isValid, "seed \(seed): \(document)")
        }
    }

    @Test func agreesOnRightOnes() throws {
        let documents =
            CapabilityNetTests.rows.map { "<hostdev mode='capability'>\($0.0)</hostdev>" } + [
                "<devices/>",
                "<devices><x:y xmlns:x='urn:x'><z/></x:y></devices>",
                "<domain type='lxc'><name>a</name><devices><disk/></devices></domain>",
                "<hostdev mode='capability' type='scsi' sgio='filtered'><source name='sg3'/><boot order='1'/></hostdev>",
                "<hostdev type='pci'><source><address bus='1' slot='1' function='0'/></source><readonly/></hostdev>",
                "<hostdev mode='bus' bus='pci' managed='yes'><source><address bus='1' slot='1' function='0'/></source></hostdev>",
            ]
        for (document, isValid) in zip(documents, try Schema.validate(documents.map { Array($0.utf8) })) {
            #expect(isRead(Array(document.utf8)), "\(document)")
            #expect(isValid, "\(document)")
        }
    }

    @Test func agreesOnWrongOnes() throws {
        for (document, isValid) in zip(Self.wrong, try Schema.validate(Self.wrong.map { Array($0.utf8) })) {
            #expect(!isRead(Array(document.utf8)), "\(document)")
            #expect(!isValid, "\(document)")
        }
    }

    private static let wrong: [String] =
        [
            "<hostdevs/>",
            "<hostdev/>",
            "<hostdev type='net'/>",
            "<hostdev mode='x'/>",
            "<hostdev mode='bus' bus='scsi'/>",
            "<devices><hosdev/></devices>",
            "<devices>text</devices>",
            "<hostdev xmlns='urn:x' mode='capability'><source name='a'/></hostdev>",
        ]
        + [
            "",
            "<sorce name='a'/>",
            "<source nmae='a'/>",
            "<source/>",
            "<source name=''/>",
            "<source name='a/b'/>",
            "<source name='..'/>",
            "<source name='lan%d'/>",
            "<source name='abcdefghijklmnop'/>",
            "<source name='a' mac='00:13:02:b9:f9:d3'/>",
            "<source mac='00:13'/>",
            "<source name='a'/><source name='b'/>",
            "<source name='a'/><readonly/>",
            "<source name='a'/><target/>",
            "<source name='a'/><target name='lan%s'/>",
            "<source name='a'/><mac address='01:00:5e:00:00:01'/>",
            "<source name='a'/><mtu size='67'/>",
            "<source name='a'/><mtu size='9 000'/>",
            "<source name='a'/><mtu>1500</mtu>",
            "<source name='a'/><link state='on'/>",
            "<source name='a'/><ip/>",
            "<source name='a'/><ip address='10.0.0.256'/>",
            "<source name='a'/><ip address='10.0.0.1' prefix='33'/>",
            "<source name='a'/><ip address='10.0.0.1' family='ipv6'/>",
            "<source name='a'/><ip address='10.0.0.1' peer='::1'/>",
            "<source name='a'/><ip inherit='yes' address='10.0.0.1'/>",
            "<source name='a'/><ip inherit='maybe'/>",
            "<source name='a'/><route/>",
            "<source name='a'/><route address='10.0.0.0' prefix='8' netmask='255.0.0.0'/>",
            "<source name='a'/><route address='10.0.0.0' gateway='::1'/>",
            "<source name='a'/><route address='default' metric='x'/>",
            "<source name='a'/><alias name='a b'/>",
            "<source name='a'/><alias/>",
            "<source><address type='usb' bus='0' slot='1' function='0'/></source>",
            "<source><address bus='0' slot='20' function='0'/></source>",
            "<source><address bus='0' slot='1' function='8'/></source>",
        ].map { "<hostdev mode='capability'>\($0)</hostdev>" }
        + [
            "<source/>",
            "<source name='a' wwid='b'/>",
            "<source name='sg 3'/>",
            "<source address='2:0:0'/>",
            "<source name='a'/><target address='x'/>",
            "<source name='a'/><target nodes='disk'/>",
            "<source name='a'/><permissions mode='888'/>",
            "<source name='a'/><permissions uid='4294967295'/>",
            "<source name='a'/><readonly>yes</readonly>",
            "<source name='a'/><mtu size='1500'/>",
        ].map { "<hostdev mode='capability' type='scsi'>\($0)</hostdev>" }
        + [
            "<source/>",
            "<source name='/dev/fuse'/>",
            "<source dev='fuse'/>",
            "<source name='a'/><target dev='b'/>",
        ].map { "<hostdev mode='capability' type='misc'>\($0)</hostdev>" }
        + [
            "",
            "<vendor id='1'/>",
            "<vendor id='x'/><product id='1'/>",
            "<address bus='3' device='5'/>",
            "<address bus='3'/>",
        ].map { "<hostdev mode='bus' bus='usb'><source>\($0)</source></hostdev>" }
        + [
            "<hostdev mode='capabilities' type='net'><source name='a'/></hostdev>",
            "<hostdev mode='capabilities' type='misc'><source><block>/dev/a</block></source></hostdev>",
            "<hostdev type='mdev'><source><address uuid='x'/></source></hostdev>",
            "<hostdev type='scsi_host'><source protocol='vhost'/></hostdev>",
            "<hostdev type='scsi'><source protocol='iscsi'/></hostdev>",
        ]

    private func isRead(_ bytes: [UInt8]) -> Bool {
        (try? HostdevDocument(parsing: bytes, name: "test.xml")) != nil
    }
}

/// `xmllint` with the project's schema.
private enum Schema {
    /// Whether each of the documents is valid.
    static func validate(_ documents: [[UInt8]]) throws -> [Bool] {
        let directory = FileManager.default.temporaryDirectory.appending(path: "hostdev-schema-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let files = documents.indices.map { directory.appending(path: "\($0).xml") }
        for (document, file) in zip(documents, files) { try Data(document).write(to: file) }

        let xmllint = Process()
        let messages = Pipe()
        xmllint.executableURL = URL(filePath: "/usr/bin/xmllint")
        xmllint.arguments =
            ["--noout", "--relaxng", Examples.project.appending(path: "docs/hostdev.rng").path] + files.map(\.path)
        xmllint.standardError = messages
        try xmllint.run()
        let output = String(decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        xmllint.waitUntilExit()
        let lines = Set(output.split(separator: "\n").map(String.init))
        return try files.map { file in
            let isValid = lines.contains("\(file.path) validates")
            try #require(isValid || lines.contains("\(file.path) fails to validate"), "\(output)")
            return isValid
        }
    }
}
