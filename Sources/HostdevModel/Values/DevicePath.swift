/// The absolute path of a device node, or of a link to one: `/dev/net/tun`.
///
/// Each component says something: there is none that is empty, `.` or `..`.
public struct DevicePath: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// A path from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        guard (2...4095).contains(text.utf8.count), text.utf8.first == UInt8(ascii: "/"),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }),
            text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
                .allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && $0.utf8.count <= 255 })
        else {
            throw InvalidValue(
                text, isNot: "a device path",
                allowed: "is an absolute path of at most 4095 bytes without '.', '..', '//' and control characters, "
                    + "such as /dev/fuse")
        }
        self.text = String(text)
    }

    /// The path as it was given.
    public var description: String { text }

    /// The components, without the slashes.
    public var components: [String] { text.split(separator: "/").map(String.init) }
}
