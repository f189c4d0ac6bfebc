/// The world-wide identifier of a SCSI logical unit, as the `wwid` file in sysfs has it: `naa.5000c500a1b2c3d4`.
///
/// It may hold spaces, since a `t10.` identifier is made of the vendor's padded fields, but none at its ends.
public struct WWID: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// An identifier from a document or from sysfs, without the line feed there.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }),
            text.first != " ", text.last != " "
        else {
            throw InvalidValue(
                text, isNot: "a WWID",
                expected: "1 to 255 printable ASCII characters without a space at either end, "
                    + "such as naa.5000c500a1b2c3d4")
        }
        self.text = String(text)
    }

    /// The identifier as it was given.
    public var description: String { text }
}
