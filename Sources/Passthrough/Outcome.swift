/// What a run did.
public struct Outcome: Hashable, Sendable {
    /// What was attached.
    public var attached: [Attachment]
    /// What was taken back.
    public var detached: [Attachment] = []
    /// What was left alone because it is as it should be.
    public var unchanged: [Attachment] = []
    /// What was taken back but not in all respects as it was.
    var failures: [String] = []

    /// Nothing yet, or what was attached.
    public init(attached: [Attachment] = []) {
        self.attached = attached
    }
}
