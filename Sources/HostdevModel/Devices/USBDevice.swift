/// A USB device, all of whose logical devices a container gets.
public struct USBDevice: Hashable, Sendable {
    /// How the device is found on the host.
    public enum Source: Hashable, Sendable {
        /// By what kind it is; the address of the device that was chosen is filled in when it is attached.
        case id(USBID, at: USBAddress?)
        /// By where it is plugged in.
        case address(USBAddress)
    }

    /// The device on the host.
    public var source: Source

    /// A device.
    public init(source: Source) {
        self.source = source
    }
}

extension USBDevice.Source: CustomStringConvertible {
    /// The identifier, the address, or both.
    public var description: String {
        switch self {
        case .id(let id, at: nil): id.description
        case .id(let id, at: let address?): "\(id) at \(address)"
        case .address(let address): address.description
        }
    }
}
