/// The world-wide identifier of a SCSI logical unit, as in the `wwid` file of sysfs: `naa.5000c500a1b2c3d4`.
///
/// It may contain spaces, since a `t10.` identifier consists of padded fields, but not at its ends.
public struct WWID: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// Parses an identifier, without the line feed of the file in sysfs.
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

    /// The identifier.
    public var description: String { text }
}
