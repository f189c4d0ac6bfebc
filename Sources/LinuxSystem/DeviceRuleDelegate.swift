/// Whoever filters the devices of a running container and changes that filter on request: LXC's monitor. What it was
/// asked for stays in force, whatever it changes later.
public struct DeviceRuleDelegate: Sendable {
    /// Allows a device, or denies it again. `access` is in the letters of the kernel, `rw`.
    public typealias Request =
        @Sendable (_ device: DeviceNumber, _ access: String, _ isAllowed: Bool) throws(SystemError) -> Void

    /// What people call it: `LXC's monitor`.
    public let name: String
    /// How it is asked.
    public let request: Request

    /// A delegate by its name and the way to ask it.
    public init(_ name: String, request: @escaping Request) {
        self.name = name
        self.request = request
    }
}
