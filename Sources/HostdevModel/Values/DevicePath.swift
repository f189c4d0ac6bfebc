/// The absolute path of a device node, or of a link to one: `/dev/net/tun`.
///
/// Each component says something: there is none that is empty, `.` or `..`.
public struct DevicePath: Hashable, Sendable, CustomStringConvertible, TextValue {
    private let text: String

    /// A path from a document or a command line.
    public init(_ text: some StringProtocol) throws(InvalidValue) {
        let text = String(text)
        guard Self.isAllowed(text) else {
            throw InvalidValue(
                text, isNot: "a device path",
                allowed: "is an absolute path of at most 4095 bytes without '.', '..', '//' and control characters, "
                    + "such as /dev/fuse")
        }
        self.text = text
    }

    /// The path as it was given.
    public var description: String { text }

    /// The components, without the slashes.
    public var components: [String] { text.split(separator: "/").map(String.init) }

    private static func isAllowed(_ text: String) -> Bool {
        var length = 0
        /// The length of the component so far, and how many of its bytes are dots; nil before the first slash.
        var component: (length: Int, dots: Int)?
        for byte in text.utf8 {
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
