internal import CNetlink

/// A message of the kernel's, kept byte for byte: the fixed header of its type and the attributes after it.
///
/// What has to be restored exactly is sent back as the kernel described it. A library's objects would drop the attributes that
/// the library does not know, such as IFA_PROTO, RTA_PREF or an encapsulation.
public struct KernelMessage: Hashable, Sendable {
    /// The type, such as RTM_NEWLINK.
    public let type: UInt16
    /// All bytes after `struct nlmsghdr`.
    public var bytes: [UInt8]

    /// A message from its parts.
    public init(type: UInt16, bytes: [UInt8]) {
        self.type = type
        self.bytes = bytes
    }

    /// Returns the attributes after a fixed header of some type.
    func attributes<Header>(after header: Header.Type) -> Attributes {
        Attributes(bytes[min(bytes.count, aligned(MemoryLayout<Header>.size))...])
    }

    /// Returns the fixed header alone, as a message without attributes.
    func header<Header>(only header: Header.Type) -> KernelMessage {
        KernelMessage(type: type, bytes: Array(bytes.prefix(MemoryLayout<Header>.size)))
    }

    /// Returns a number of the fixed header; bytes that the message lacks count as 0.
    func header<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
        Value(littleEndianBytes: bytes.dropFirst(offset))
    }

    /// Overwrites a number at an offset. Bytes beyond the end of the message are dropped.
    mutating func set(_ value: some FixedWidthInteger, at offset: Int) { bytes.set(value, at: offset) }

    /// Overwrites the number in an attribute after the fixed header. A message without that attribute stays as it is.
    mutating func setAttribute<Header>(_ type: Int, to value: UInt32, after header: Header.Type) {
        guard let place = attributes(after: header)[type]?.value, place.count == 4 else { return }
        set(value, at: place.startIndex)
    }

    /// Appends an attribute of another message, or a part of one.
    mutating func add(_ attribute: Attributes.Attribute) { bytes.append(attribute) }

    /// Appends an attribute that holds a number.
    mutating func addAttribute(_ type: Int, _ number: UInt32) {
        add(Attributes.Attribute(type: type, value: number.littleEndianBytes[...]))
    }

    /// Removes the first attribute of a type after the fixed header, if there is one.
    mutating func removeAttribute<Header>(_ type: Int, after header: Header.Type) {
        guard let value = attributes(after: header)[type]?.value else { return }
        bytes.removeSubrange((value.startIndex - 4)..<min(value.startIndex + aligned(value.count), bytes.count))
    }
}

/// The attributes of a message in the kernel's order: `struct nlattr` after `struct nlattr`, linux/netlink.h.
struct Attributes: Sequence {
    struct Attribute {
        let type: Int
        /// NLA_F_NESTED and NLA_F_NET_BYTEORDER. The kernel sets them in some replies, and requires them in some requests.
        var flags: UInt16 = 0
        let value: ArraySlice<UInt8>

        var number: UInt32 { UInt32(littleEndianBytes: value) }
        var byte: UInt8 { value.first ?? 0 }
        /// The value as text, without the NUL that ends it.
        var text: [UInt8] { Array(value.last == 0 ? value.dropLast() : value) }
        var name: LinkName { LinkName(bytes: text) }
        var nested: Attributes { Attributes(value) }
    }

    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    // A length that does not fit ends the sequence: the kernel sends none.
    func makeIterator() -> AnyIterator<Attribute> {
        var rest = bytes
        return AnyIterator {
            guard rest.count >= 4 else { return nil }
            let length = Int(UInt16(littleEndianBytes: rest))
            let type = UInt16(littleEndianBytes: rest.dropFirst(2))
            guard length >= 4, length <= rest.count else { return nil }
            let value = rest.dropFirst(4).prefix(length - 4)
            rest = rest.dropFirst(aligned(length))
            return Attribute(type: Int(type & 0x3fff), flags: type & 0xc000, value: value)
        }
    }

    subscript(type: Int) -> Attribute? { first { $0.type == type } }
    subscript(type: rtattr_type_t) -> Attribute? { self[Int(type.rawValue)] }
    subscript(type: nl80211_attrs) -> Attribute? { self[Int(type.rawValue)] }

    /// Returns the values of attributes of some types, by type; of several of one type, that of the last.
    func values(of types: some Collection<Int>) -> [Int: [UInt8]] {
        Dictionary(
            filter { types.contains($0.type) }.map { ($0.type, Array($0.value)) }, uniquingKeysWith: { $1 })
    }
}

/// Rounds a length up to the 4 bytes to which netlink aligns: NLMSG_ALIGN and NLA_ALIGN of linux/netlink.h.
func aligned(_ length: Int) -> Int { (length + 3) & ~3 }

extension [UInt8] {
    /// Appends an attribute. The caller makes sure that the value is not longer than the 65,531 bytes that fit.
    mutating func append(_ attribute: Attributes.Attribute) {
        self += UInt16(truncatingIfNeeded: 4 + attribute.value.count).littleEndianBytes
        self += (UInt16(truncatingIfNeeded: attribute.type) | attribute.flags).littleEndianBytes + attribute.value
        self += [UInt8](repeating: 0, count: aligned(attribute.value.count) - attribute.value.count)
    }

    /// Overwrites a number at an offset. Bytes beyond the end are dropped.
    mutating func set(_ value: some FixedWidthInteger, at offset: Int) {
        for (place, byte) in value.littleEndianBytes.enumerated() where offset + place < count {
            self[offset + place] = byte
        }
    }
}

// Netlink uses the machine's byte order. Debian's and Swift's common architectures are all little-endian.
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
