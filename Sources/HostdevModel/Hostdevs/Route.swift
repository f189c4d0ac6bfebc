import XMLTree

/// A route through a network interface.
public struct Route: Hashable, Sendable, CustomStringConvertible {
    /// The destination network. All bits after the prefix are zero.
    public let destination: IPPrefix
    /// The next hop, or nil if the destination is directly on the link.
    public let gateway: IPAddress?
    /// The priority of the route (lower values are preferred), or nil for the kernel's default.
    public let metric: UInt32?

    /// Creates a route.
    ///
    /// - Throws: ``InvalidValue`` if the destination has bits after its prefix, or if the gateway is of another address
    ///   family or all zeros.
    public init(destination: IPPrefix, gateway: IPAddress? = nil, metric: UInt32? = nil) throws(InvalidValue) {
        guard destination == destination.network else {
            throw InvalidValue(
                "\(destination)", isNot: "a network", expected: "\(destination.network), with zeros behind the prefix"
            )
        }
        if let gateway, gateway.family != destination.address.family || gateway.isUnspecified {
            throw InvalidValue(
                "\(gateway)", isNot: "a gateway to \(destination)", expected: "a next hop of the same family")
        }
        self.destination = destination
        self.gateway = gateway
        self.metric = metric
    }

    /// The address family of the route.
    public var family: IPAddress.Family { destination.address.family }

    /// The destination, the gateway and the metric, in the syntax of `ip route`.
    public var description: String {
        var text = destination.length == 0 ? "default" : destination.description
        if let gateway { text += " via \(gateway)" }
        if let metric { text += " metric \(metric)" }
        return text
    }
}

extension Route {
    /// Reads a `<route>` element.
    static func read(_ element: XMLElement, with reader: inout DocumentReader) -> Route? {
        let gateway: IPAddress? = reader.value("gateway", of: element)
        let metric: UInt32? = reader.number("metric", of: element, .decimal)
        guard let destination = IPPrefix(destinationOf: element, gateway: gateway, with: &reader) else { return nil }
        let isNetwork = destination == destination.network
        return reader.checked(at: isNetwork ? "gateway" : "address", of: element) { () throws(InvalidValue) in
            try Route(destination: destination, gateway: gateway, metric: metric)
        }
    }

    /// The names in a `<route>` element.
    static let names = AllowedNames(
        attributes: ["family", "address", "prefix", "netmask", "gateway", "metric", "inherit"])
}

extension IPPrefix {
    /// Reads the destination of a route: `default`, or an address. The prefix length is in `address`, `prefix` or
    /// `netmask`; without any of them, an address of zeros is the default route and any other address is a host route.
    fileprivate init?(destinationOf route: XMLElement, gateway: IPAddress?, with reader: inout DocumentReader) {
        guard let text = reader.requiredText("address", of: route) else { return nil }
        let isDefault = text == "default"
        let isWhole = isDefault || text.utf8.contains(UInt8(ascii: "/"))
        guard [isWhole, route["prefix"] != nil, route["netmask"] != nil].count(where: { $0 }) <= 1 else {
            reader.error("<route> says its prefix twice: expected one of address=, prefix= and netmask=", at: route)
            return nil
        }
        if isDefault {
            let family: IPAddress.Family? = reader.word("family", of: route)
            self.init(IPAddress(family ?? gateway?.family ?? .ipv4, 0), 0)
            return
        }
        guard let written: IPPrefix = reader.value("address", of: route),
            reader.checkFamily(of: written.address, route)
        else { return nil }
        let bits = written.address.family.bits
        var length: UInt8? = written.address.isUnspecified && !isWhole ? 0 : written.length
        if route["prefix"] != nil {
            length = reader.number("prefix", of: route, .decimal, in: 0...bits)
        } else if route["netmask"] != nil {
            length = reader.netmask(of: route, written.address.family)
        }
        guard let length else { return nil }
        self.init(written.address, length)
    }
}

extension DocumentReader {
    /// Returns the prefix length of a netmask, or nil after reporting that it is not one.
    fileprivate mutating func netmask(of route: XMLElement, _ family: IPAddress.Family) -> UInt8? {
        guard let mask: IPAddress = value("netmask", of: route) else { return nil }
        let zeros = (mask.value ^ UInt128.max) & (UInt128.max >> UInt128(128 - family.bits))
        guard mask.family == family, zeros & (zeros &+ 1) == 0 else {
            error(
                "netmask='\(mask)' is not a netmask: expected one bits, then zero bits, of the family of the address",
                at: "netmask", of: route)
            return nil
        }
        return family.bits - UInt8(zeros.nonzeroBitCount)
    }
}

extension Route {
    /// The route as a `<route>` element.
    var element: XMLNode {
        var attributes = [
            XMLAttribute("family", family.rawValue),
            XMLAttribute("address", destination.address.description),
            XMLAttribute("prefix", String(destination.length)),
        ]
        if let gateway { attributes.append(XMLAttribute("gateway", gateway.description)) }
        if let metric { attributes.append(XMLAttribute("metric", String(metric))) }
        return XMLNode("route", attributes)
    }
}
