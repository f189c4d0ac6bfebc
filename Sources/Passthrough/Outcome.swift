/// What a run did.
public struct Outcome: Hashable, Sendable {
    /// What was attached, or is back.
    public var attached: [Attachment]
    /// What was taken back, or withdrawn from a container because it has left the host.
    public var detached: [Attachment] = []
    /// What was left alone because it is as it should be.
    public var unchanged: [Attachment] = []
    /// What cannot be had back of what was attached, or would be.
    public var losses: [Loss] = []
    /// Who still has open what was taken back.
    public var holders: [DeviceHolder] = []
    /// What could not be known of what was taken back.
    var notes: [String] = []
    /// What was taken back but not in all respects as it was.
    var failures: [String] = []

    /// Nothing yet, or what was attached.
    public init(attached: [Attachment] = [], losses: [Loss] = []) {
        self.attached = attached
        self.losses = losses
    }
}
