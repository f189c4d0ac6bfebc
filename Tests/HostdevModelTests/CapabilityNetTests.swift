import HostdevModel
import Testing

@Suite struct CapabilityNetTests {
    /// The contents of a `<hostdev mode='capability' type='net'>`, and the device.
    @Test(arguments: rows) func reads(row: (xml: String, device: NetDevice)) throws {
        #expect(
            try readHostdev("<hostdev mode='capability' type='net'>\(row.xml)</hostdev>").device == .net(row.device))
        #expect(try readHostdev("<hostdev mode='capability'>\(row.xml)</hostdev>").device == .net(row.device))
    }

    static let rows: [(String, NetDevice)] = {
        do { return try sources() + settings() + addresses() + routes() } catch { fatalError("\(error)") }
    }()

    private static func sources() throws -> [(String, NetDevice)] {
        [
            // by name
            ("<source name='eth0'/>", NetDevice(source: .name(try InterfaceName("eth0")))),
            // by permanent MAC
            (
                "<source mac='00:13:02:b9:f9:d3'/>",
                NetDevice(source: .mac(try MACAddress("00:13:02:b9:f9:d3")))
            ),
            // by PCI function, in the digits of lspci
            (
                "<source><address type='pci' domain='0000' bus='00' slot='16' function='3'/></source>",
                NetDevice(source: .pci(try PCIAddress("0000:00:16.3")))
            ),
            // the same with 0x, without a domain, and without a type
            (
                "<source><address bus='0x00' slot='0x16' function='0x3'/></source>",
                NetDevice(source: .pci(try PCIAddress("0000:00:16.3")))
            ),
        ]
    }

    private static func settings() throws -> [(String, NetDevice)] {
        try [
            ("<target name='lan0'/>", { $0.targetName = .name(try InterfaceName("lan0")) }),
            ("<target name='lan%d'/>", { $0.targetName = .pattern(try InterfaceNamePattern("lan%d")) }),
            ("<mac address='02:00:00:00:00:01'/>", { $0.mac = try MACAddress("02:00:00:00:00:01") }),
            ("<mtu size='9000'/>", { $0.mtu = try MTU(9000) }),
            ("<link state='down'/>", { $0.linkState = .down }),
            ("<link state='up'/>", { _ in }),  // the default
            // all at once, in another order, with white space, comments, references and CDATA
            (
                "<!-- -->\n<mtu size=\"&#57;000\"></mtu> <link state='down'/> <![CDATA[ ]]> <target name='lan0'/>",
                {
                    $0.targetName = .name(try InterfaceName("lan0"))
                    $0.mtu = try MTU(9000)
                    $0.linkState = .down
                }
            ),
            // of somebody else's, which changes nothing
            ("<x:mtu xmlns:x='urn:x' size='9'/><mtu xmlns='urn:x' size='9'/>", { _ in }),
        ].map(row)
    }

    private static func addresses() throws -> [(String, NetDevice)] {
        try [
            ("<ip address='10.0.0.5'/>", { $0.addresses = [try address("10.0.0.5/32")] }),  // the whole address
            ("<ip address='2001:db8::5'/>", { $0.addresses = [try address("2001:db8::5/128")] }),
            ("<ip address='10.0.0.5' prefix='24'/>", { $0.addresses = [try address("10.0.0.5/24")] }),
            ("<ip family='ipv4' address='10.0.0.5' prefix='0'/>", { $0.addresses = [try address("10.0.0.5/0")] }),
            ("<ip family='ipv6' address='::5' prefix='128'/>", { $0.addresses = [try address("::5/128")] }),
            (
                "<ip address='10.0.0.5' peer='10.0.0.6'/>",
                { $0.addresses = [try address("10.0.0.5/32", peer: "10.0.0.6")] }
            ),
            // several, in order
            (
                "<ip address='10.0.0.6'/><ip address='10.0.0.5'/>",
                { $0.addresses = [try address("10.0.0.6/32"), try address("10.0.0.5/32")] }
            ),
            ("<ip inherit='yes'/>", { $0.inheritsAddresses = true }),
            ("<ip inherit='no'/>", { _ in }),
            (
                "<ip address='10.0.0.5'/><ip inherit='yes'/>",
                {
                    $0.addresses = [try address("10.0.0.5/32")]
                    $0.inheritsAddresses = true
                }
            ),
        ].map(row)
    }

    private static func routes() throws -> [(String, NetDevice)] {
        try [
            // a network by prefix, by netmask, and in one word
            ("<route address='10.0.0.0' prefix='8'/>", { $0.routes = [try route("10.0.0.0/8")] }),
            ("<route address='10.0.0.0' netmask='255.0.0.0'/>", { $0.routes = [try route("10.0.0.0/8")] }),
            ("<route address='10.0.0.0/8'/>", { $0.routes = [try route("10.0.0.0/8")] }),
            ("<route address='2001:db8::' prefix='32'/>", { $0.routes = [try route("2001:db8::/32")] }),
            ("<route address='2001:db8::' netmask='ffff:ffff::'/>", { $0.routes = [try route("2001:db8::/32")] }),
            ("<route address='0.0.0.0' netmask='0.0.0.0'/>", { $0.routes = [try route("0.0.0.0/0")] }),
            // a host
            ("<route address='10.0.0.5'/>", { $0.routes = [try route("10.0.0.5/32")] }),
            ("<route address='2001:db8::5'/>", { $0.routes = [try route("2001:db8::5/128")] }),
            // the default, in every way to say it
            ("<route address='default' gateway='10.0.0.1'/>", { $0.routes = [try route("0.0.0.0/0", "10.0.0.1")] }),
            ("<route address='default' gateway='fe80::1'/>", { $0.routes = [try route("::/0", "fe80::1")] }),
            ("<route address='default'/>", { $0.routes = [try route("0.0.0.0/0")] }),
            ("<route family='ipv6' address='default'/>", { $0.routes = [try route("::/0")] }),
            ("<route address='0.0.0.0'/>", { $0.routes = [try route("0.0.0.0/0")] }),
            ("<route address='0.0.0.0/0'/>", { $0.routes = [try route("0.0.0.0/0")] }),
            ("<route address='::' prefix='0'/>", { $0.routes = [try route("::/0")] }),
            // the rest
            (
                "<route family='ipv4' address='10.0.0.0' prefix='8' gateway='10.0.0.1' metric='4294967295'/>",
                { $0.routes = [try route("10.0.0.0/8", "10.0.0.1", metric: .max)] }
            ),
            ("<route inherit='yes'/>", { $0.inheritsRoutes = true }),
        ].map(row)
    }

    private static func row(
        _ xml: String, _ change: (inout NetDevice) throws -> Void
    ) throws -> (String, NetDevice) {
        var device = NetDevice(source: .name(try InterfaceName("eth0")))
        try change(&device)
        return ("<source name='eth0'/>" + xml, device)
    }

    private static func address(_ text: String, peer: String? = nil) throws -> InterfaceAddress {
        try InterfaceAddress(IPPrefix(text), peer: peer.map { try IPAddress($0) })
    }

    private static func route(_ destination: String, _ gateway: String? = nil, metric: UInt32? = nil) throws -> Route {
        try Route(destination: IPPrefix(destination), gateway: gateway.map { try IPAddress($0) }, metric: metric)
    }
}
