import HostdevModel
import Testing

/// What is written to the journal is read back equal: a run that takes back what another one attached has nothing else.
@Suite struct AttachmentRecordTests {
    private static func record(_ hostdev: Hostdev, _ change: AttachmentRecord.Change) -> AttachmentRecord {
        AttachmentRecord(
            id: "00ff", transaction: "a1", since: 1_795_000_000,
            container: ContainerIdentity(
                reference: "lxc:a'b&<c>", process: .init(id: 42, startTime: .max),
                network: FileID(device: 4, inode: .max), mounts: FileID(device: 4, inode: 8)),
            hostdev: hostdev, change: change)
    }

    @Test(arguments: [false, true])
    func anInterface(isDetaching: Bool) throws {
        let messages = InterfaceRecord.Message.Subject.allCases.map {
            InterfaceRecord.Message(subject: $0, type: 16, bytes: Array(0...255), about: "eth0 & <co>")
        }
        let child = InterfaceRecord(
            containerIndex: 7, containerName: "eth0.5", home: FileID(device: 4, inode: 9), messages: messages,
            settings: [.init(folder: "ipv6/conf", name: "b", value: "2")])
        var record = Self.record(
            Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth0")))), alias: try Alias("ua-x")),
            .interface(
                InterfaceRecord(
                    containerIndex: .max, containerName: "lan0", home: FileID(device: 4, inode: 9), lookedAt: .max,
                    messages: messages, settings: [.init(folder: "ipv6/conf", name: "a", value: "2001:db8::1")],
                    children: [child]))
        )
        record.isDetaching = isDetaching
        #expect(try AttachmentRecord(parsing: Array(record.xml.utf8), name: "record") == record)
    }

    /// The interfaces of one radio.
    @Test func aRadio() throws {
        func interface(_ index: Int32, _ name: String) -> InterfaceRecord {
            InterfaceRecord(
                containerIndex: index, containerName: name, home: FileID(device: 4, inode: 9),
                messages: [
                    .init(subject: .link, type: 16, bytes: [1], about: name),
                    .init(subject: .wireless, type: 0, bytes: [2], about: name),
                ],
                settings: [.init(folder: "ipv4/neigh", name: "a", value: "1")])
        }
        var station = interface(5, "lan0")
        station.companions = [interface(6, "mon0"), interface(7, "mon1")]
        let record = Self.record(
            Hostdev(.net(NetDevice(source: .name(try InterfaceName("wlan0"))))), .interface(station))
        #expect(try AttachmentRecord(parsing: Array(record.xml.utf8), name: "record") == record)
    }

    /// A bare network namespace, and an interface whose name XML cannot hold as it is.
    @Test func aNameThatXMLCannotHold() throws {
        var record = Self.record(
            Hostdev(.net(NetDevice(source: .mac(try MACAddress("02:00:00:00:00:01"))))),
            .interface(
                InterfaceRecord(
                    containerIndex: 2, containerName: "a\u{1}", home: FileID(device: 4, inode: 9), messages: [])))
        record.container.process = nil
        let read = try AttachmentRecord(parsing: Array(record.xml.utf8), name: "record")
        guard case .interface(let interface) = read.change else { throw Missing() }
        #expect(Array(interface.containerName.utf8) == Array("a\u{1}".utf8))
        #expect(read.container == record.container)
    }

    @Test func aUnit() throws {
        let node = NodesRecord.Content.node(isBlock: true, major: 8, minor: 1 << 19)
        let record = Self.record(
            Hostdev(.scsi(SCSIDevice(source: .name(try NodeName("sg3"))))),
            .nodes(
                NodesRecord(
                    name: "sg3", address: try SCSIAddress("2:0:0:3"), wwid: "t10.ATA     x", identity: "i",
                    lock: "scsi-2:0:0:3", presence: .unsettled,
                    entries: [
                        .init(
                            path: "/dev/sdb", content: node, isMounted: true,
                            place: .init(path: "/devices/b", subsystem: "block"),
                            made: [
                                .init(
                                    path: "/dev/sdb", content: node, isPlaceholder: true,
                                    file: FileID(device: 1, inode: 2))
                            ]),
                        .init(
                            path: "/dev/scsi/x", content: .link("../y"), isMounted: false,
                            made: [
                                .init(
                                    path: "/dev/scsi", content: .directory, isPlaceholder: false,
                                    file: FileID(device: 1, inode: 3))
                            ]),
                    ],
                    grants: [
                        .init(
                            means: "exception", directory: "/sys/a b", group: 7, isBlock: true, major: 8, minor: 0,
                            access: "rw"),
                        .init(
                            means: "override", directory: "/", group: .max, isBlock: false, major: 21, minor: 3,
                            access: "r"),
                    ])))
        #expect(try AttachmentRecord(parsing: Array(record.xml.utf8), name: "record") == record)
    }

    @Test(arguments: [
        "", "<attachment/>", "<attachment id='1' transaction='1' state='attached' since='x'/>",
        // A byte with one digit.
        "<attachment id='1' transaction='1' state='attached' since='1'><container reference='pid:1' network='1:1'/>"
            + "<hostdev mode='capability'><source name='eth0'/></hostdev>"
            + "<interface index='1' name='a' home='1:1' looked-at='1'><link about='a' type='16'>0</link></interface></attachment>",
    ])
    func damageIsAnError(text: String) {
        #expect(throws: (any Error).self) { try AttachmentRecord(parsing: Array(text.utf8), name: "record") }
    }

    private struct Missing: Error {}
}
