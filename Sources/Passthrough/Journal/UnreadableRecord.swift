internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// A record of the journal that cannot be read: damaged, no file, or of another version. It is left alone, and stops nobody.
public struct UnreadableRecord: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where it is.
    public let path: String
    /// Why it cannot be read.
    public let reason: String
    /// What it holds, as far as that can be read.
    let bytes: [UInt8]

    /// `/run/hostdev/attachments/ID.xml cannot be read: REASON`.
    public var description: String { "\(path) cannot be read: \(reason)" }

    /// The name of its file.
    var name: String { FilePath(path).lastComponent?.string ?? path }

    func mentions(_ texts: [String]) -> Bool { texts.contains { firstIndex(of: $0, in: bytes) != nil } }

    /// Whether it may be about what one of these texts stands for: it says so, or does not say what else it is about where
    /// records do.
    func mayMention(_ texts: [String], as attribute: String) -> Bool { mentions(texts) || !mentions(["\(attribute)="]) }
}

/// What the journal holds.
struct JournalEntries {
    /// The oldest first.
    var records: [Record] = []
    var unreadable: [UnreadableRecord] = []
}
