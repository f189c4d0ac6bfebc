public import LinuxSystem

/// Who filters the devices of a container with programs of its own, and changes them when it is asked to: what it was asked
/// stays, whatever it changes later.
public struct RuleOwner: Sendable {
    /// Allows a device, or denies it again. The access is in the letters of the kernel, `rw`.
    public typealias Request =
        @Sendable (_ device: DeviceNumber, _ access: String, _ isAllowed: Bool) throws(SystemError) -> Void

    let name: String
    let request: Request

    /// An owner by the name that people have for it, `LXC's monitor`, and the way to ask it.
    public init(_ name: String, request: @escaping Request) {
        self.name = name
        self.request = request
    }
}
