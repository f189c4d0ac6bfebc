/// What an inventory says of a USB device.
public struct USBCapability: Hashable, Sendable {
    /// Where it is plugged in.
    public var address: USBAddress
    /// What kind it is.
    public var id: USBID
    /// The product's name; empty when there is none.
    public var productName: String
    /// The vendor's name; empty when there is none.
    public var vendorName: String

    /// A USB device.
    public init(address: USBAddress, id: USBID, productName: String = "", vendorName: String = "") {
        self.address = address
        self.id = id
        self.productName = productName
        self.vendorName = vendorName
    }
}
