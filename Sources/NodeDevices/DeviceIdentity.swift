internal import ByteStrings
public import LinuxSystem

/// What is compared to know a device again, since another one may get its numbers. Equal texts mean the same device.
public struct DeviceIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The text, for a record.
    public let description: String

    /// An identity read back from a record.
    public init(_ text: String) {
        description = text
    }

    /// The identity of a device that the kernel does not know, or says nothing of but its number.
    public init(unknown number: DeviceNumber) {
        description = "\(number)"
    }

    /// The identity of a part of the device: a partition, by its number.
    func partition(_ number: Int) -> DeviceIdentity {
        DeviceIdentity("\(description)\(Self.part)\(number)")
    }

    /// The same without the port, where the device is known by more than that: it may have been plugged in elsewhere. Nil for
    /// a device that only its place tells from another one.
    var withoutPort: DeviceIdentity? {
        let bytes = Array(description.utf8)
        // `usb 0403:6001 serial `: what follows are the device's own words. The port stands last, and has no blank in it.
        guard bytes.starts(with: "usb ".utf8), bytes.dropFirst(14).starts(with: "serial ".utf8) else { return nil }
        let mark = Array(" at /".utf8)
        guard let start = bytes.indices.last(where: { bytes[$0...].starts(with: mark) }) else { return nil }
        let port = bytes[(start + mark.count)...].prefix { $0 != UInt8(ascii: " ") }
        return DeviceIdentity(ByteString(bytes: bytes[..<start] + bytes[port.endIndex...]).text)
    }

    /// Whether it is the same device, which has been plugged in elsewhere.
    public func isSameOnOtherPort(as other: DeviceIdentity) -> Bool {
        withoutPort != nil && withoutPort == other.withoutPort
    }

    /// What stands in its text and in that of every identity that it overlaps with: the text without the partition.
    public var withoutPartition: String {
        guard let end = firstIndex(of: Self.part, in: Array(description.utf8)) else { return description }
        return String(decoding: description.utf8.prefix(end), as: UTF8.self)
    }

    /// Whether the two are the same, or one is a partition of the other: who has one can change what the other has.
    public func overlaps(_ other: DeviceIdentity) -> Bool {
        self == other || isPart(of: other) || other.isPart(of: self)
    }

    private func isPart(of other: DeviceIdentity) -> Bool {
        description.utf8.starts(with: (other.description + Self.part).utf8)
    }

    /// Whether the bytes of both texts are the same.
    public static func == (one: DeviceIdentity, other: DeviceIdentity) -> Bool {
        ByteString(one.description) == ByteString(other.description)
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(ByteString(description))
    }

    private static let part = " partition "
}
