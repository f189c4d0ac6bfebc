/// Why something cannot be written: the dialect, or XML itself, has no form for a part of it.
public struct InexpressibleForm: Error, Hashable, CustomStringConvertible {
    /// What could not be written: a hostdev or a node device.
    public let subject: String
    /// What has no form: a sentence without a full stop.
    public let message: String

    /// What could not be written, and why.
    public var description: String { "\(subject): \(message)" }
}
