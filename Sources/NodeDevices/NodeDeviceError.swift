/// A failed look-up of a device of the host: what was looked for, and why it was not found.
public struct NodeDeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure.
    public enum Code: Hashable, Sendable {
        /// The host has no such device.
        case notFound
        /// There is a device, but of another kind.
        case wrongKind
        /// The host has several. The candidates are as in messages: `sg3 (2:0:0:3)`.
        case ambiguous(candidates: [String])
        /// The kernel reported an error.
        case kernel
    }

    /// The kind of failure.
    public let code: Code
    /// What was looked for: `a SCSI unit with wwid naa.5000c500a1b2c3d4`.
    public let sought: String
    /// Why it was not found.
    public let reason: String
    /// What the user can do about it. Nil when nothing is known to help.
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
