/// What kind of USB device it is: the numbers of its vendor and its product.
public struct USBID: Hashable, Sendable, CustomStringConvertible, TextValue {
    /// The vendor's number from the USB Implementers Forum; never 0.
    public let vendor: UInt16
    /// The vendor's number for the product; may be 0.
    public let product: UInt16

    /// An identifier from its two numbers.
    public init(vendor: UInt16, product: UInt16) throws(InvalidValue) {
        guard vendor != 0 else { throw Self.invalid("0000:\(hexadecimal(product, digits: 4))") }
        self.vendor = vendor
        self.product = product
    }

    /// An identifier as `lsusb` prints it: two hexadecimal numbers with a colon, `0483:2016`.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        var scanner = TextScanner(text)
        guard let vendor: UInt16 = scanner.number(radix: 16), scanner.take(":"), vendor != 0,
            let product: UInt16 = scanner.number(radix: 16), scanner.isAtEnd
        else { throw Self.invalid(text) }
        self.vendor = vendor
        self.product = product
    }

    /// Two numbers of four hexadecimal digits with a colon.
    public var description: String { "\(hexadecimal(vendor, digits: 4)):\(hexadecimal(product, digits: 4))" }

    private static func invalid(_ text: some StringProtocol) -> InvalidValue {
        InvalidValue(
            text, isNot: "a USB id",
            allowed: "is vendor:product, each up to four hexadecimal digits, the vendor not 0, such as 0483:2016")
    }
}
