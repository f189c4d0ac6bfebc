internal import CNetlink

/// A message of the kernel's, kept byte for byte: the fixed header of its type and the attributes after it.
///
/// libnl-route's objects drop what they do not know (IFA_PROTO, IFA_RT_PRIORITY, RTA_PREF, encapsulations); what has to
/// be put back exactly is therefore kept as the kernel said it and said again.
public struct KernelMessage: Hashable, Sendable {
    /// The `RTM_` type.
    public let type: UInt16
    /// All that follows `struct nlmsghdr`.
    public var bytes: [UInt8]

    /// A message from its parts.
    public init(type: UInt16, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }

    /// The attributes after a fixed header of some bytes.
    func attributes<Header>(after header: Header.Type) -> Attributes {
        Attributes(bytes[min(bytes.count, (MemoryLayout<Header>.size + 3) & ~3)...])
    }

    /// A number of the fixed header.
    func header<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
        Value(littleEndianBytes: bytes.dropFirst(offset))
    }

    /// The same message with a number at a place overwritten.
    mutating func set<Value: FixedWidthInteger>(_ value: Value, at offset: Int) {
        for (index, byte) in value.littleEndianBytes.enumerated() where offset + index < bytes.count {
            bytes[offset + index] = byte
        }
    }
}

extension KernelMessage {
    /// Overwrites the number in an attribute after the fixed header. A message without that attribute stays as it is.
    mutating func setAttribute<Header>(_ type: Int, to value: UInt32, after header: Header.Type) {
        guard let place = attributes(after: header)[type]?.value, place.count == 4 else { return }
        set(value, at: place.startIndex)
    }
}

extension KernelMessage {
    /// Adds one of another message's attributes behind the last, or a part of it: it is not longer than one can be.
    mutating func add(_ attribute: Attributes.Attribute) {
        bytes += UInt16(truncatingIfNeeded: 4 + attribute.value.count).littleEndianBytes
        bytes += (UInt16(truncatingIfNeeded: attribute.type) | attribute.flags).littleEndianBytes + attribute.value
        bytes += [UInt8](repeating: 0, count: (4 - attribute.value.count % 4) % 4)
    }

    /// Adds an attribute with a number behind the last.
    mutating func addAttribute(_ type: Int, _ number: UInt32) {
        add(Attributes.Attribute(type: type, value: number.littleEndianBytes[...]))
    }

    /// Takes an attribute after the fixed header away, if it is there.
    mutating func removeAttribute<Header>(_ type: Int, after header: Header.Type) {
        guard let value = attributes(after: header)[type]?.value else { return }
        let end = value.startIndex + ((value.count + 3) & ~3)
        bytes.removeSubrange((value.startIndex - 4)..<min(end, bytes.count))
    }
}

/// The attributes of a message, `struct nlattr` after `struct nlattr` (linux/netlink.h), in the kernel's order.
struct Attributes: Sequence {
    struct Attribute {
        let type: Int
        /// NLA_F_NESTED and NLA_F_NET_BYTEORDER: with some of the kernel's answers, and asked for in some requests.
        var flags: UInt16 = 0
        let value: ArraySlice<UInt8>

        var number: UInt32 { UInt32(littleEndianBytes: value) }
        var byte: UInt8 { value.first ?? 0 }
        /// A text without the NUL that ends it.
        var text: [UInt8] { Array(value.last == 0 ? value.dropLast() : value) }
        var name: LinkName { LinkName(bytes: text) }
        var nested: Attributes { Attributes(value) }
    }

    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    // What does not fit, such as a length beyond the end, ends the sequence: the kernel does not send it.
    func makeIterator() -> AnyIterator<Attribute> {
        var rest = bytes
        return AnyIterator {
            guard rest.count >= 4 else { return nil }
            let length = Int(UInt16(littleEndianBytes: rest))
            let type = UInt16(littleEndianBytes: rest.dropFirst(2))
            guard length >= 4, length <= rest.count else { return nil }
            let value = rest.dropFirst(4).prefix(length - 4)
            rest = rest.dropFirst((length + 3) & ~3)
            return Attribute(type: Int(type & 0x3fff), flags: type & 0xc000, value: value)
        }
    }

    subscript(type: Int) -> Attribute? { first { $0.type == type } }
    subscript(type: rtattr_type_t) -> Attribute? { self[Int(type.rawValue)] }
}

// Netlink is in the machine's byte order, and Debian's and Swift's common architectures are all little-endian.
extension FixedWidthInteger {
    init(littleEndianBytes bytes: some Sequence<UInt8>) {
        var value: Self = 0
        for (index, byte) in bytes.prefix(MemoryLayout<Self>.size).enumerated() {
            value |= Self(truncatingIfNeeded: UInt64(byte) << (8 * UInt64(index)))
        }
        self = value
    }

    var littleEndianBytes: [UInt8] {
        (0..<MemoryLayout<Self>.size).map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
