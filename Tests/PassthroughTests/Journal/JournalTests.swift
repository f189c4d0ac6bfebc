import HostdevModel
import LinuxSystem
import NodeDevices
import SystemPackage
import TestHost
import Testing

@testable import Passthrough

/// The journal on damage, in a directory of the test's own: no root is needed.
@Suite struct JournalTests {
    private static func record(_ since: Int64, transaction: String = Journal.newID()) throws -> Record {
        Record(
            id: Journal.newID(), transaction: transaction, since: since,
            container: ContainerIdentity(
                reference: "lxc:web", process: nil, network: FileIdentity(device: 4, inode: 9), mounts: nil),
            hostdev: Hostdev(.misc(DeviceFile(source: try DevicePath("/dev/zero")))),
            change: NodesChange(
                name: "zero", identity: DeviceIdentity("/sys/devices/virtual/mem/zero"), lock: "node-zero", entries: [],
                rules: []))
    }

    /// Runs a body with a journal in a new directory, and removes that.
    private func withJournal(_ body: (Journal) throws -> Void) throws {
        let path = FilePath("/tmp").appending("hostdev-journal-\(Journal.newID())")
        let state = StateDirectory(path)
        try state.make()
        defer { _ = try? sh("rm -r '\(path)'") }
        try body(Journal(state: state))
    }

    @Test func recordsComeBackTheOldestFirst() throws {
        try withJournal { journal in
            let records = try [3, 1, 2].map { try Self.record($0) }
            for record in records { try journal.write(record) }
            #expect(try journal.records().map(\.since) == [1, 2, 3])
            #expect(try journal.records(mentioning: [records[0].transaction]).map(\.since) == [3])
            #expect(try journal.record(records[1].id)?.hostName == "zero")
            try journal.remove(records[1])
            #expect(try journal.record(records[1].id)?.id == nil)
            #expect(try journal.records().map(\.since) == [2, 3])
        }
    }

    /// One that cannot be read is reported with its path, and hides no other.
    @Test(arguments: ["", "rubbish", "<attachment id='1'/>", "version='9'", "<teapot"])
    func anUnreadableRecordStopsNobody(damage: String) throws {
        try withJournal { journal in
            let (good, bad) = (try Self.record(1), try Self.record(2))
            try journal.write(good)
            var text = try bad.xml
            switch damage {
            case "version='9'": text = text.replacing("version='\(Record.version)'", with: damage)
            case "<teapot": text = text.replacing("<nodes", with: damage)
            default: text = damage
            }
            let path = journal.state.record(bad.id)
            try replaceFile(path, with: Array(text.utf8), permissions: [.ownerReadWrite])
            let entries = try journal.entries()
            #expect(entries.records.map(\.id) == [good.id])
            #expect(entries.unreadable.map(\.path) == [path.string])
            #expect(throws: UnreadableRecord.self) { try journal.record(bad.id) }
        }
    }

    /// The attachments of a transaction count from the moment in which it ends.
    @Test func aTransactionCommitsAllOfIts() throws {
        try withJournal { journal in
            let transaction = Journal.newID()
            let records = try [1, 2].map { try Self.record($0, transaction: transaction) }
            try journal.begin(transaction, lock: records[0].container.lockName)
            for record in records { try journal.write(record) }
            #expect(try journal.transactions().map(\.lock) == ["container-4-9"])
            #expect(try records.allSatisfy { try !journal.isCommitted($0) } && journal.mayHaveRecords(of: transaction))
            try journal.end(transaction)
            #expect(try records.allSatisfy { try journal.isCommitted($0) } && journal.transactions().isEmpty)
        }
    }
}
