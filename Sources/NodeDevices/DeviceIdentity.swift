internal import ByteStrings
public import LinuxSystem

/// What tells a device from any other, since another device may get its numbers. Equal identities mean the same device.
public struct DeviceIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The identity as a text, for a record.
    public let description: String

    /// An identity from a record.
    public init(_ text: String) {
        description = text
    }

    /// The identity of a device of which nothing but the number is known.
    public init(unknown number: DeviceNumber) {
        description = "\(number)"
    }

    /// Returns the identity of a partition of the device.
    func partition(_ number: Int) -> DeviceIdentity {
        DeviceIdentity("\(description)\(Self.part)\(number)")
    }

    /// The identity of a USB device without its port, for a device that may have been plugged in elsewhere. Nil when only its
    /// port tells it from other devices.
    var withoutPort: DeviceIdentity? {
        let bytes = Array(description.utf8)
        // After `usb 0403:6001 serial ` follow the device's own words. The port is last, and contains no blank.
        guard bytes.starts(with: "usb ".utf8), bytes.dropFirst(14).starts(with: "serial ".utf8) else { return nil }
        let mark = Array(" at /".utf8)
        guard let start = bytes.indices.last(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let port = bytes[(start + mark.count)...].prefix { $0 != UInt8(ascii: " ") }
        return DeviceIdentity(ByteString(bytes: bytes[..<start] + bytes[port.endIndex...]).text)
    }

    /// Returns whether it is the same USB device, which was plugged into another port.
    public func isSameOnOtherPort(as other: DeviceIdentity) -> Bool {
        withoutPort != nil && withoutPort == other.withoutPort
    }

    /// The text without the partition. The text of every identity that overlaps with this one contains it.
    public var withoutPartition: String {
        guard let end = firstIndex(of: Self.part, in: Array(description.utf8)) else { return description }
        return String(decoding: description.utf8.prefix(end), as: UTF8.self)
    }

    /// Returns whether both are the same, or one is a partition of the other, so that a write to one changes the other.
    public func overlaps(_ other: DeviceIdentity) -> Bool {
        self == other || isPart(of: other) || other.isPart(of: self)
    }

    private func isPart(of other: DeviceIdentity) -> Bool {
        description.utf8.starts(with: (other.description + Self.part).utf8)
    }

    /// Returns whether the bytes of both texts are equal.
    public static func == (one: DeviceIdentity, other: DeviceIdentity) -> Bool {
        ByteString(one.description) == ByteString(other.description)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(description))
    }

    private static let part = " partition "
}
