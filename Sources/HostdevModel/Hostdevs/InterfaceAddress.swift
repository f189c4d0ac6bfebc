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

extension InterfaceAddress {
    /// Reads an `<ip>` element.
    static func read(_ element: XMLElement, with reader: inout DocumentReader) -> InterfaceAddress? {
        let peer: IPAddress? = reader.value("peer", of: element)
        guard let address: IPAddress = reader.requiredValue("address", of: element),
            reader.checkFamily(of: address, element)
        else { return nil }
        let length: UInt8? = reader.number("prefix", of: element, .decimal, in: 0...address.family.bits)
        return reader.checked(at: "peer", of: element) { () throws(InvalidValue) in
            try InterfaceAddress(IPPrefix(address: address, length: length ?? address.family.bits), peer: peer)
        }
    }

    /// The names in an `<ip>` element.
    static let names = AllowedNames(attributes: ["address", "family", "prefix", "peer", "inherit"])
}

extension DocumentReader {
    /// Reads the `<ip>` or `<route>` elements of a hostdev. Each has a value, or `inherit` and no other attribute.
    mutating func inheritable<Value>(
        _ name: String, of hostdev: XMLElement, _ names: AllowedNames, _ read: (XMLElement, inout Self) -> Value?
    ) -> (values: [Value], inherits: Bool) {
        var values: [Value] = []
        var inherits = false
        for element in hostdev.children(name) {
            checkNames(in: element, names)
            if element["inherit"] == nil {
                if let value = read(element, &self) { values.append(value) }
                continue
            }
            if element.attributes.contains(where: { $0.name != "inherit" && !$0.isForeign }) {
                error("inherit= in <\(name)> allows no other attribute", at: "inherit", of: element)
            }
            if yesOrNo("inherit", of: element) == true { inherits = true }
        }
        return (values, inherits)
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
