/// What went wrong with finding a device of the host: what was looked for, and what was found instead.
public struct NodeDeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What to tell apart in code.
    public enum Code: Hashable, Sendable {
        /// The host has none.
        case notFound
        /// There is a device, but of another kind.
        case wrongKind
        /// The host has several. How messages call them: `sg3 (2:0:0:3)`.
        case ambiguous(candidates: [String])
        /// The kernel would not say.
        case kernel
    }

    /// What to tell apart in code.
    public let code: Code
    /// What was looked for: `a SCSI unit with wwid naa.5000c500a1b2c3d4`.
    public let sought: String
    /// What stands in the way.
    public let reason: String
    /// What the user can do about it, where anything helps.
    public let remedy: String?

    init(_ code: Code, _ sought: String, _ reason: String, remedy: String? = nil) {
        self.code = code
        self.sought = sought
        self.reason = reason
        self.remedy = remedy
    }

    /// `a SCSI unit with wwid naa.5000c500a1b2c3d4: the host has none`.
    public var description: String { "\(sought): \(reason)" }
}
