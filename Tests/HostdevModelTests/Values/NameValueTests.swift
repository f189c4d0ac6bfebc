import HostdevModel
import Testing

/// Names and paths: what they accept and what they refuse.
@Suite struct NameValueTests {
    @Test(arguments: ["ua-uplink", "A_1", "-", String(repeating: "a", count: 255)]) func takesAlias(text: String) throws
    {
        #expect(try Alias(text).description == text)
    }

    @Test(arguments: ["", "a b", "a.b", "é", "a/b", "a\n", String(repeating: "a", count: 256)])
    func refusesAlias(text: String) {
        #expect(throws: InvalidValue.self) { try Alias(text) }
    }

    @Test(arguments: [
        "naa.5000c500a1b2c3d4",
        "eui.0025385971b1a2c3",
        "t10.ATA     QEMU HARDDISK                           QM00001",  // the vendor's fields are padded
    ]) func takesWWID(text: String) throws {
        #expect(try WWID(text).description == text)
    }

    @Test(arguments: ["", " naa.5", "naa.5 ", "naa.5\n", "é", String(repeating: "a", count: 256)])
    func refusesWWID(text: String) {
        #expect(throws: InvalidValue.self) { try WWID(text) }
    }

    @Test(arguments: ["sg3", "sdaaa", "nst0a", "2:0:0:3", "cciss!c0d0"]) func takesNodeName(text: String) throws {
        #expect(try NodeName(text).description == text)
    }

    @Test(arguments: ["", ".", "..", "bsg/2:0:0:3", "sg 3", "sg3\n", "é", String(repeating: "a", count: 256)])
    func refusesNodeName(text: String) {
        #expect(throws: InvalidValue.self) { try NodeName(text) }
    }

    @Test(arguments: ["/dev/fuse", "/dev/disk/by-label/a b", "/a", "/dev/...", "/dev/é"])
    func takesDevicePath(text: String) throws {
        #expect(try DevicePath(text).description == text)
        #expect(try "/" + DevicePath(text).components.joined(separator: "/") == text)
    }

    @Test(arguments: [
        "", "/", "fuse", "dev/fuse", "/dev/", "/dev//fuse", "/dev/./fuse", "/dev/../etc/shadow", "/..", " /dev/fuse",
        "/dev/fuse\n", "/dev/" + String(repeating: "a", count: 256),
        String(repeating: "/aaaaaaa", count: 512),  // 4096 bytes
    ]) func refusesDevicePath(text: String) {
        #expect(throws: InvalidValue.self) { try DevicePath(text) }
    }

    /// A text, and the selection as it is written.
    @Test(arguments: [
        ("generic", "generic"),
        ("disc bsg generic", "generic bsg disc"),  // in the order of the table
        ("  mt   changer ", "mt changer"),
        ("all", "all"),
        ("generic bsg disc cd mt changer", "all"),  // which is the same
    ]) func readsNodeSelection(text: String, written: String) throws {
        let nodes = try SCSINodeSelection(text)
        #expect(nodes.description == written)
        #expect(nodes.kinds == Set(SCSINodeKind.allCases.filter(nodes.contains)))
    }

    @Test(arguments: ["", " ", "disk", "generic,bsg", "generic generic", "all generic", "ALL"])
    func refusesNodeSelection(text: String) {
        #expect(throws: InvalidValue.self) { try SCSINodeSelection(text) }
    }

    @Test func refusesPermissionsThatAreNone() {
        #expect(throws: InvalidValue.self) { try NodePermissions(mode: 0o1000) }
        #expect(throws: InvalidValue.self) { try NodePermissions(mode: nil, uid: .max) }
        #expect(throws: InvalidValue.self) { try NodePermissions(mode: nil, gid: .max) }
    }

    @Test func showsAWrongTextOnOneShortLine() {
        let error = #expect(throws: InvalidValue.self) { try Alias("a\nb\u{1}" + String(repeating: "c", count: 1000)) }
        #expect(error?.message.contains("'a\\u{a}b\\u{1}ccc") == true)
        #expect((error?.message.count ?? 0) < 200)
    }
}
