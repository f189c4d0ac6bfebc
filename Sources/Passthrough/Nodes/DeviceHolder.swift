/// A process that has a device open which was taken from its container. No rule and no node that goes takes an open file
/// away: it can use the device until it closes that or ends.
public struct DeviceHolder: Hashable, Sendable {
    /// The kernel's name of the device on the host when it was attached.
    public let device: String
    /// The process, as the host numbers it.
    public let process: Int32
    /// What the process calls itself, in at most 15 characters; what is not printable ASCII is a question mark.
    public let command: String
}
