internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// The records in a state directory: what was about to be changed, before it was changed.
struct Journal {
    let state: StateDirectory

    /// A new attachment's id: 64 random bits, as 16 digits.
    static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Writes a record as a whole, in the place of an older one of the same id.
    func write(_ record: AttachmentRecord) throws {
        try replaceFile(state.record(record.id), with: Array(record.xml.utf8), permissions: [.ownerReadWrite])
    }

    func remove(_ record: AttachmentRecord) throws {
        try removeFile(state.record(record.id))
    }

    /// What stands in every record of nodes.
    static let nodesSign = "<nodes"
    /// What stands in every record of something that may leave the host.
    static let deviceSigns = [nodesSign, "<interface"]

    /// All records, the oldest first. One that is removed meanwhile is left out.
    ///
    /// With `texts` only those in whose files one of them stands: to read a file costs little beside making a record of it,
    /// and a host may have many.
    func records(mentioning texts: [String]? = nil) throws -> [AttachmentRecord] {
        try files(mentioning: texts).compactMap { file in
            try Self.id(ofFile: file.name).map { try parsed(file.bytes, of: $0) }
        }.sorted { ($0.since, $0.id) < ($1.since, $1.id) }
    }

    private func files(mentioning texts: [String]?) throws -> [(name: String, bytes: [UInt8])] {
        try state.ifMade { () throws(SystemError) in
            try Directory(state.attachments).files(mentioning: texts)
        } ?? []
    }

    /// The ids of all records.
    func ids() throws -> [String] {
        try state.ifMade { () throws(SystemError) in
            try directoryEntries(state.attachments)
        }?.compactMap(Self.id) ?? []
    }

    /// The id of the record in a file of a name; nil for a file that is none.
    static func id(ofFile name: String) -> String? {
        name.hasSuffix(".xml") ? String(name.dropLast(4)) : nil
    }

    func record(_ id: String) throws -> AttachmentRecord? {
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try readBytes(state.record(id))
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
        return try parsed(bytes, of: id)
    }

    private func parsed(_ bytes: [UInt8], of id: String) throws -> AttachmentRecord {
        do {
            return try AttachmentRecord(parsing: bytes, name: state.record(id).string)
        } catch {
            throw PassthroughError(.internal, "the record of an attachment cannot be read: \(error)")
        }
    }

    /// Opens a transaction: until it ends, its records are of attachments under way. It names the lock that the run holds.
    func begin(_ transaction: String, lock: String) throws {
        try replaceFile(state.transaction(transaction), with: Array(lock.utf8), permissions: [.ownerReadWrite])
    }

    /// The open transactions and the locks of their runs.
    func transactions() throws -> [(id: String, lock: String)] {
        let ids = try state.ifMade { () throws(SystemError) in
            try directoryEntries(state.path.appending("transactions"))
        }
        return (ids ?? []).compactMap { id in
            guard let lock = try? readText(state.transaction(id)) else { return nil }
            return (id, lock)
        }
    }

    /// Ends a transaction, and with that one change makes all of its attachments count.
    func end(_ transaction: String) throws {
        try removeFile(state.transaction(transaction))
    }

    /// Whether the attach that made a record came to its end.
    func isCommitted(_ record: AttachmentRecord) -> Bool {
        (try? FileStatus.of(state.transaction(record.transaction))) == nil
    }
}
