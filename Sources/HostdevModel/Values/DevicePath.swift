internal import ByteStrings

/// The absolute path of a device node or of a symbolic link to one, for example `/dev/net/tun`.
///
/// No component is empty, `.` or `..`.
public struct DevicePath: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let path: ByteString

    /// Parses a path.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let path = ByteString(text)
        guard Self.isAllowed(path.bytes), String(validating: path.bytes, as: UTF8.self) != nil else {
            throw InvalidValue(
                text, isNot: "a device path",
                expected:
                    "an absolute path of at most 4095 bytes in UTF-8 without '.', '..', '//' and control characters, "
                    + "such as /dev/fuse")
        }
        self.path = path
    }

    /// The path.
    public var description: String { path.text }

    /// The path as text for an XML document: see `ByteString.xmlText`.
    var xmlText: String { path.xmlText }

    /// The components of the path, without slashes.
    public var components: [String] { path.bytes.split(separator: 0x2F).map { ByteString(bytes: $0).text } }

    private static func isAllowed(_ bytes: [UInt8]) -> Bool {
        var length = 0
        /// The length of the current component and the number of its dots, or nil before the first slash.
        var component: (length: Int, dots: Int)?
        for byte in bytes {
            length += 1
            if byte == UInt8(ascii: "/") {
                if let component, !isComponent(component) { return false }
                component = (0, 0)
            } else {
                guard let (length, dots) = component, byte >= 0x20, byte != 0x7F else { return false }
                component = (length + 1, dots + (byte == UInt8(ascii: ".") ? 1 : 0))
            }
        }
        return length <= 4095 && component.map(isComponent) ?? false
    }

    private static func isComponent(_ component: (length: Int, dots: Int)) -> Bool {
        (1...255).contains(component.length) && !(component.length <= 2 && component.dots == component.length)
    }
}
