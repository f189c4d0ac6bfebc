/// What an examination says of one property of the host, or of a container.
public struct Finding: Hashable, Sendable {
    /// Whether something is in the way of attaching.
    public enum Verdict: String, Hashable, Sendable {
        /// Nothing.
        case good
        /// It works, in another way or with a caveat.
        case limited
        /// Something cannot be attached.
        case missing
    }

    /// `host`, or the container's reference.
    public let subject: String
    /// Which property: `records`, `privilege`, `paths`, `mounts`, `control groups`, `device filter`, `devices`,
    /// `user namespace`, `/dev`, `network namespace`.
    public let property: String
    /// Whether that is in the way.
    public let verdict: Verdict
    /// What was found.
    public let found: String
    /// What can be done about it, where something can.
    public let remedy: String?

    init(_ subject: String, _ property: String, _ verdict: Verdict, _ found: String, remedy: String? = nil) {
        self.subject = subject
        self.property = property
        self.verdict = verdict
        self.found = found
        self.remedy = remedy
    }
}
