/// What an inventory says of a PCI function.
public struct PCICapability: Hashable, Sendable {
    /// Its address.
    public var address: PCIAddress
    /// The class code of 24 bits, from the PCI standard; nil when it is not known.
    public var classCode: UInt32?
    /// The number of the product, from its vendor.
    public var product: UInt16
    /// The number of the vendor, from the PCI standard's registry.
    public var vendor: UInt16
    /// The product's name; empty when there is none.
    public var productName: String
    /// The vendor's name; empty when there is none.
    public var vendorName: String

    /// A PCI function.
    public init(
        address: PCIAddress, classCode: UInt32? = nil, product: UInt16, vendor: UInt16, productName: String = "",
        vendorName: String = ""
    ) {
        self.address = address
        self.classCode = classCode
        self.product = product
        self.vendor = vendor
        self.productName = productName
        self.vendorName = vendorName
    }
}
