internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// The records in a state directory: what was about to be changed, before it was changed.
struct Journal {
    let state: StateDirectory
    /// Told of each record that cannot be read.
    var setAside: (UnreadableRecord) -> Void = { _ in }

    /// A new attachment's id: 64 random bits, as 16 digits.
    static func newID() -> String {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    /// Writes a record as a whole, in the place of an older one of the same id.
    func write(_ record: Record) throws {
        try replaceFile(state.record(record.id), with: Array(record.xml.utf8), permissions: [.ownerReadWrite])
    }

    func remove(_ record: Record) throws {
        try removeFile(state.record(record.id))
    }

    /// All records that can be read, the oldest first. One that is removed meanwhile is left out; those that cannot be read
    /// are set aside.
    ///
    /// With `texts` only those in whose files one of them stands: to read a file costs little beside making a record of it,
    /// and a host may have many.
    func records(mentioning texts: [String]? = nil) throws -> [Record] {
        let entries = try entries(mentioning: texts)
        for record in entries.unreadable { setAside(record) }
        return entries.records
    }

    /// The same with those that cannot be read: with `texts` only some of them, but all in which one of these stands.
    func entries(mentioning texts: [String]? = nil) throws -> JournalEntries {
        var entries = JournalEntries()
        for file in try files(mentioning: texts) {
            guard let id = Self.id(ofFile: file.name) else { continue }
            do {
                entries.records.append(try record(in: file, id))
            } catch let error as UnreadableRecord {
                entries.unreadable.append(error)
            }
        }
        entries.records.sort { ($0.since, $0.id) < ($1.since, $1.id) }
        return entries
    }

    private func files(mentioning texts: [String]?) throws -> [FoundFile] {
        let folder = try state.ifMade { () throws(SystemError) in try Directory(state.attachments) }
        return try folder?.files(mentioning: texts, framed: Self.frame, limit: Self.limit) ?? []
    }

    /// How every record begins and ends: a file that does not is no record, whatever stands in it.
    private static let frame = (begin: "<attachment id=", end: "</attachment>\n")
    /// More than a record of ten thousand routes has.
    private static let limit = 64 << 20

    /// The id of the record in a file of a name; nil for a file that is no record.
    static func id(ofFile name: String) -> String? {
        name.hasSuffix(".xml") ? String(name.dropLast(4)) : nil
    }

    /// The number of digits of an id.
    static let idLength = 16

    /// Whether a text is one that ``newID()`` makes.
    static func isID(_ text: String) -> Bool {
        text.utf8.count == idLength && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }

    /// Reads the record of an id. Returns nil if there is none.
    ///
    /// - Throws: ``UnreadableRecord``; anything else says nothing of the record.
    func record(_ id: String) throws -> Record? {
        guard let folder = try state.ifMade({ () throws(SystemError) in try Directory(state.attachments) }),
            let file = try folder.file("\(id).xml", limit: Self.limit)
        else { return nil }
        return try record(in: file, id)
    }

    private func record(in file: FoundFile, _ id: String) throws -> Record {
        let path = state.attachments.appending(file.name).string
        guard case .bytes(let bytes) = file.content else {
            guard case .unreadable(let reason) = file.content else { preconditionFailure("a file without content") }
            throw UnreadableRecord(path: path, reason: reason, bytes: [])
        }
        guard !bytes.isEmpty else { throw UnreadableRecord(path: path, reason: "it is empty", bytes: []) }
        let record: Record
        do {
            record = try Record(parsing: bytes, name: file.name)
        } catch {
            throw UnreadableRecord(path: path, reason: "\(error)", bytes: bytes)
        }
        if let fault = record.fault(in: id) { throw UnreadableRecord(path: path, reason: fault, bytes: bytes) }
        let transaction = state.transaction(record.transaction)
        guard
            try ifThere({ () throws(SystemError) in try FileStatus.of(transaction, followingLinks: false) })?.kind
                ?? .regular == .regular
        else {
            throw UnreadableRecord(
                path: path,
                reason: "\(transaction) is no file, so that nobody can tell whether its attach came to its end",
                bytes: bytes)
        }
        return record
    }

    /// Opens a transaction: until it ends, its records are of attachments under way. It names the lock that the run holds.
    func begin(_ transaction: String, lock: String) throws {
        try replaceFile(state.transaction(transaction), with: Array(lock.utf8), permissions: [.ownerReadWrite])
    }

    /// The open transactions and the locks of their runs; nil for one that names none. What has no transaction's name, or is
    /// no file, is none.
    func transactions() throws -> [(id: String, lock: String?)] {
        guard let folder = try state.ifMade({ () throws(SystemError) in try Directory(state.transactions) }) else {
            return []
        }
        return try folder.files(limit: 4_096).compactMap { file in
            guard Self.isID(file.name), case .bytes(let bytes) = file.content else { return nil }
            let lock = String(decoding: bytes, as: UTF8.self)
            return (file.name, StateDirectory.isLockName(lock) ? lock : nil)
        }
    }

    /// Whether a record is of a transaction, or may be: one that cannot be read and does not say otherwise.
    func mayHaveRecords(of transaction: String) throws -> Bool {
        let entries = try entries(mentioning: [transaction])
        return entries.records.contains { $0.transaction == transaction }
            || entries.unreadable.contains { $0.mayMention([transaction], as: "transaction") }
    }

    /// Ends a transaction, and with that one change makes all of its attachments count.
    func end(_ transaction: String) throws {
        try removeFile(state.transaction(transaction))
    }

    /// Whether the attach that made a record came to its end. Throws when that cannot be found out.
    func isCommitted(_ record: Record) throws -> Bool {
        let path = state.transaction(record.transaction)
        return try ifThere { () throws(SystemError) in try FileStatus.of(path, followingLinks: false) } == nil
    }

    /// Removes what writers that were killed have left.
    func removeAbandonedFiles() throws {
        for (folder, suffix) in [(state.attachments, ".xml.new"), (state.transactions, ".new")] {
            for name in try state.ifMade({ () throws(SystemError) in try directoryEntries(folder) }) ?? []
            where name.hasSuffix(suffix) && Self.isID(String(name.prefix(16))) {
                try removeAbandonedTemporary(folder.appending(name))
            }
        }
    }
}
