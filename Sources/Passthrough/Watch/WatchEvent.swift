/// What a watcher has to say.
public enum WatchEvent: Sendable {
    /// Another watcher is at work; this one takes its place when it leaves.
    case standingBy
    /// It watches from now on: whatever ends is seen.
    case watching
    /// A device of a container that has ended, or that a killed run left, is back.
    case takenBack(Attachment)
    /// A device has left the host, and the container has nothing of it.
    case away(Attachment)
    /// A device has come back, and the container has it again.
    case back(Attachment)
    /// A record cannot be read: it is left alone, and nothing waits for it.
    case setAside(UnreadableRecord)
    /// Something could not be taken back. It is tried again, less and less often, as long as its record is there.
    case failed(PassthroughError)
}
