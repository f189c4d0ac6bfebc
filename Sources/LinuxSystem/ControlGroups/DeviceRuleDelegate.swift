/// A process that filters the devices of a running container and changes the filter on request, such as LXC's monitor. It keeps
/// requested rules when it changes others.
public struct DeviceRuleDelegate: Sendable {
    /// Allows a device, or denies it again. `access` is in the kernel's letters: `rw`.
    public typealias Request =
        @Sendable (_ device: DeviceNumber, _ access: String, _ isAllowed: Bool) throws(SystemError) -> Void

    /// The name in messages: `LXC's monitor`.
    public let name: String
    /// Sends a request.
    public let request: Request

    /// A delegate from its parts.
    public init(_ name: String, request: @escaping Request) {
        self.name = name
        self.request = request
    }
}
