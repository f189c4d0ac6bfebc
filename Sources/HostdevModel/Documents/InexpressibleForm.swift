/// Why a hostdev cannot be written: the dialect, or XML itself, has no form for something that it says.
public struct InexpressibleForm: Error, Hashable, CustomStringConvertible {
    /// The hostdev that could not be written.
    public let hostdev: Hostdev
    /// What has no form: a sentence without a full stop.
    public let message: String

    /// The hostdev and what has no form.
    public var description: String { "\(hostdev): \(message)" }
}
