public import HostdevModel

/// A device in a container, as `list` shows it.
public struct Attachment: Hashable, Sendable {
    /// Where it stands.
    public enum State: String, Hashable, Sendable {
        /// An attach is under way, or was killed.
        case attaching
        case attached
        /// A detach is under way, or was killed.
        case detaching
    }

    /// All that is known of it.
    public let record: AttachmentRecord
    /// Where it stands.
    public let state: State

    init(_ record: AttachmentRecord, isCommitted: Bool) {
        self.record = record
        state = record.isDetaching ? .detaching : isCommitted ? .attached : .attaching
    }
}

/// What a run did.
public struct Outcome: Hashable, Sendable {
    /// What was attached.
    public var attached: [Attachment] = []
    /// What was taken back.
    public var detached: [Attachment] = []
    /// What was left alone because it is as it should be.
    public var unchanged: [Attachment] = []
    /// What was taken back but not in all respects as it was.
    public var failures: [String] = []

    /// Nothing yet, or what was attached.
    init(attached: [Attachment] = []) {
        self.attached = attached
    }
}
