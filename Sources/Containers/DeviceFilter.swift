public import LinuxSystem

/// An engine's own filter of a running container's devices, where the engine changes that when it is asked to.
public struct DeviceFilter: Sendable {
    /// What people call it: `LXC's monitor`.
    public let name: String
    /// Lets the container use a device, or not any more. The access is in the letters of the kernel, `rw`.
    public let set: @Sendable (_ device: DeviceNumber, _ access: String, _ isAllowed: Bool) throws(SystemError) -> Void
}
