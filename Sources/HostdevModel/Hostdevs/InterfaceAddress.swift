import XMLTree

/// An IP address of a network interface.
public struct InterfaceAddress: Hashable, Sendable, CustomStringConvertible {
    /// The address with the length of its network prefix.
    public let address: IPPrefix
    /// The address of the other end of a point-to-point link, or nil for other links.
    public let peer: IPAddress?

    /// Creates an address.
    ///
    /// - Throws: ``InvalidValue`` if the peer is of another address family.
    public init(_ address: IPPrefix, peer: IPAddress? = nil) throws(InvalidValue) {
        if let peer, peer.family != address.address.family {
            throw InvalidValue("\(peer)", isNot: "a peer of \(address)", expected: "an address of the same family")
        }
        self.address = address
        self.peer = peer
    }

    /// The address with its prefix length, followed by the peer if there is one.
    public var description: String {
        guard let peer else { return address.description }
        return "\(address) peer \(peer)"
    }
}

/// The contents of the `<ip>` elements of a hostdev.
struct AddressList {
    private(set) var addresses: [InterfaceAddress] = []
    /// Whether an element has `inherit='yes'`.
    private(set) var inherits = false

    init(reading hostdev: XMLElement, with reader: inout DocumentReader) {
        for element in hostdev.children("ip") {
            reader.checkNames(in: element, .ip)
            if element["inherit"] != nil {
                inherits = reader.inherit(element) || inherits
            } else if let address = InterfaceAddress(reading: element, with: &reader) {
                addresses.append(address)
            }
        }
    }
}

extension InterfaceAddress {
    init?(reading element: XMLElement, with reader: inout DocumentReader) {
        let peer: IPAddress? = reader.value("peer", of: element)
        guard let address: IPAddress = reader.requiredValue("address", of: element),
            reader.checkFamily(of: address, element)
        else { return nil }
        let length: UInt8? = reader.number("prefix", of: element, .decimal, in: 0...address.family.bits)
        let made = reader.checked(at: "peer", of: element) { () throws(InvalidValue) in
            try InterfaceAddress(IPPrefix(address: address, length: length ?? address.family.bits), peer: peer)
        }
        guard let made else { return nil }
        self = made
    }
}

extension DocumentReader {
    /// Reads the `inherit` attribute of an `<ip>` or `<route>` element, and reports any attribute beside it.
    mutating func inherit(_ element: XMLElement) -> Bool {
        if element.attributes.contains(where: { $0.name != "inherit" && !$0.isForeign }) {
            error("inherit= in <\(element.name)> allows no other attribute", at: "inherit", of: element)
        }
        return yesOrNo("inherit", of: element) ?? false
    }

    /// Reports a `family` attribute that does not match the address. Returns whether it matches.
    mutating func checkFamily(of address: IPAddress, _ element: XMLElement) -> Bool {
        guard element["family"] != nil else { return true }
        guard let family: IPAddress.Family = word("family", of: element) else { return false }
        guard family == address.family else {
            error(
                "family='\(family.rawValue)' is not that of \(address): expected '\(address.family.rawValue)'",
                at: "family", of: element)
            return false
        }
        return true
    }
}

extension AllowedNames {
    fileprivate static let ip = AllowedNames(attributes: ["address", "family", "prefix", "peer", "inherit"])
}

extension InterfaceAddress {
    /// The address as an `<ip>` element.
    var element: XMLNode {
        var attributes = [
            XMLAttribute("address", address.address.description),
            XMLAttribute("family", address.address.family.rawValue),
            XMLAttribute("prefix", String(address.length)),
        ]
        if let peer { attributes.append(XMLAttribute("peer", peer.description)) }
        return XMLNode("ip", attributes)
    }
}
