import HostdevModel
import Testing

@Suite struct WritingTests {
    /// A hostdev in the capability dialect, as it is written, and in libvirt's; or the error if that cannot express it.
    @Test(arguments: [
        (
            """
            <hostdev mode='capability' type='net'>
              <source name='eth0'/>
              <ip address='10.0.0.5' family='ipv4' prefix='24' peer='10.0.0.6'/>
              <route family='ipv6' address='::' prefix='0' gateway='fe80::1' metric='7'/>
              <alias name='ua-uplink'/>
            </hostdev>

            """,
            """
            <hostdev mode='capabilities' type='net'>
              <source>
                <interface>eth0</interface>
              </source>
              <ip address='10.0.0.5' family='ipv4' prefix='24' peer='10.0.0.6'/>
              <route family='ipv6' address='::' prefix='0' gateway='fe80::1' metric='7'/>
              <alias name='ua-uplink'/>
            </hostdev>

            """
        ),
        (
            """
            <hostdev mode='capability' type='net'>
              <source mac='00:13:02:b9:f9:d3'/>
              <target name='lan%d'/>
              <mac address='02:00:00:00:00:01'/>
              <mtu size='9000'/>
              <link state='down'/>
              <ip inherit='yes'/>
              <route inherit='yes'/>
              <route family='ipv4' address='10.0.0.0' prefix='8'/>
            </hostdev>

            """,
            "the libvirt dialect cannot express the interface by its MAC address 00:13:02:b9:f9:d3, the target name "
                + "lan%d, the MAC address 02:00:00:00:00:01, the MTU 9000, an interface that is down, inherited "
                + "addresses, inherited routes, the route 10.0.0.0/8, which has no gateway"
        ),
        (
            """
            <hostdev mode='capability' type='net'>
              <source>
                <address type='pci' domain='0x0000' bus='0x00' slot='0x16' function='0x3'/>
              </source>
            </hostdev>

            """,
            "the libvirt dialect cannot express the interface by its PCI address 0000:00:16.3"
        ),
        (
            """
            <hostdev mode='capability' type='scsi'>
              <source address='2:0:0:3'/>
              <readonly/>
              <shareable/>
            </hostdev>

            """,
            """
            <hostdev mode='subsystem' type='scsi' managed='no'>
              <source>
                <adapter name='scsi_host2'/>
                <address bus='0' target='0' unit='3'/>
              </source>
              <readonly/>
              <shareable/>
            </hostdev>

            """
        ),
        (
            """
            <hostdev mode='capability' type='scsi'>
              <source name='sg3'/>
              <target address='0:0:0:0' nodes='generic disc'/>
              <permissions mode='0660' uid='0' gid='6'/>
            </hostdev>

            """,
            "the libvirt dialect cannot express the SCSI unit sg3, which is not named by its address, a target address "
                + "or a choice of nodes, permissions"
        ),
        (
            """
            <hostdev mode='capability' type='misc'>
              <source dev='/dev/fuse'/>
            </hostdev>

            """,
            """
            <hostdev mode='capabilities' type='misc'>
              <source>
                <char>/dev/fuse</char>
              </source>
            </hostdev>

            """
        ),
        (
            """
            <hostdev mode='capability' type='storage'>
              <source dev='/dev/sdf1'/>
            </hostdev>

            """,
            """
            <hostdev mode='capabilities' type='storage'>
              <source>
                <block>/dev/sdf1</block>
              </source>
            </hostdev>

            """
        ),
        (
            """
            <hostdev mode='capability' type='storage'>
              <source dev='/dev/sdf1'/>
              <target dev='/dev/data'/>
              <readonly/>
              <shareable/>
              <permissions mode='0440'/>
            </hostdev>

            """,
            "the libvirt dialect cannot express a read-only node, a shareable node, the target /dev/data, permissions"
        ),
        (
            """
            <hostdev mode='bus' bus='usb'>
              <source>
                <vendor id='0x0483'/>
                <product id='0x2016'/>
                <address bus='3' dev='5'/>
              </source>
            </hostdev>

            """,
            """
            <hostdev mode='subsystem' type='usb' managed='no'>
              <source>
                <vendor id='0x0483'/>
                <product id='0x2016'/>
                <address bus='3' device='5'/>
              </source>
            </hostdev>

            """
        ),
        (
            """
            <hostdev mode='bus' bus='pci' managed='yes'>
              <source>
                <address domain='0x10000' bus='0xe1' slot='0x1f' function='0x7'/>
              </source>
            </hostdev>

            """,
            """
            <hostdev mode='subsystem' type='pci' managed='yes'>
              <source>
                <address domain='0x10000' bus='0xe1' slot='0x1f' function='0x7'/>
              </source>
            </hostdev>

            """
        ),
    ]) func writesBothDialects(capability: String, libvirt: String) throws {
        let hostdev = try readHostdev(capability)
        #expect(try hostdev.xml() == capability)
        if libvirt.hasPrefix("<") {
            #expect(try hostdev.xml(dialect: .libvirt) == libvirt)
            #expect(try readHostdev(libvirt) == hostdev)
        } else {
            let form = #expect(throws: Unrepresentable.self) { try hostdev.xml(dialect: .libvirt) }
            #expect(form?.message == libvirt)
            #expect(form?.description == "\(hostdev): \(libvirt)")
        }
    }

    @Test(arguments: [
        (
            "<hostdev type='mdev' model='vfio-ap'><source><address uuid='x'/></source></hostdev>",
            "a device of type 'mdev'"
        ),
        (
            "<hostdev type='scsi_host'><source protocol='vhost' wwpn='naa.5'/></hostdev>",
            "a device of type 'scsi_host'"
        ),
        ("<hostdev type='scsi'><source protocol='iscsi' name='iqn'/></hostdev>", "a SCSI unit behind iSCSI"),
    ]) func namesWhatOnlyLibvirtHas(xml: String, what: String) throws {
        let form = try #require(throws: Unrepresentable.self) { try readHostdev(xml).xml() }
        #expect(form.message == "the capability dialect cannot express \(what)")
    }

    /// A name that is not UTF-8 or not allowed in XML can be read back. Libvirt would read another name, so it is
    /// refused there.
    @Test func aNameThatIsNotText() throws {
        let name = try InterfaceName(bytes: [0x65, 0xFF])
        for hostdev in [
            Hostdev(.net(NetDevice(source: .name(name)))),
            Hostdev(.net(NetDevice(source: .mac(try MACAddress("02:00:00:00:00:01")), targetName: .name(name)))),
            // text, but a character that XML does not have
            Hostdev(.net(NetDevice(source: .name(try InterfaceName(bytes: [0x65, 0x01]))))),
        ] {
            #expect(try readHostdev(hostdev.xml()) == hostdev)
            #expect(throws: Unrepresentable.self) { try hostdev.xml(dialect: .libvirt) }
        }
    }

    @Test func laysADocumentOfOursOutAnew() throws {
        let document = try read(
            "<devices  ><!-- c -->\n\n <hostdev mode=\"capability\"><source name='a'/></hostdev></devices >")
        let written = """
            <devices>
              <hostdev mode='capability' type='net'>
                <source name='a'/>
              </hostdev>
            </devices>

            """
        #expect(try document.xml() == written)
        #expect(try HostdevDocument(hostdevs: document.hostdevs).xml() == written)
        #expect(try HostdevDocument(hostdevs: []).xml() == "<devices/>\n")
    }

    @Test func leavesADomainAsItIs() throws {
        let domain = """
            <?xml version="1.0" encoding="UTF-8"?>
            <!-- a container -->
            <domain type="lxc" xmlns:x='urn:x'>
              <name>a &amp; b</name>  <x:y z = '1'/>
              <devices>
            \t<hostdev mode='capability'><source name="eth0"/></hostdev>
                <disk   type='file'/><hostdev mode='capability' type='misc'><source name='fuse'/></hostdev>
              </devices>
            </domain>
            <!-- end -->
            """
        let written = """
            <!-- a container -->
            <domain type="lxc" xmlns:x='urn:x'>
              <name>a &amp; b</name>  <x:y z = '1'/>
              <devices>
            \t<hostdev mode='capabilities' type='net'>
            \t  <source>
            \t    <interface>eth0</interface>
            \t  </source>
            \t</hostdev>
                <disk   type='file'/><hostdev mode='capabilities' type='misc'>
              <source>
                <char>/dev/fuse</char>
              </source>
            </hostdev>
              </devices>
            </domain>
            <!-- end -->

            """
        let document = try read(domain)
        #expect(try document.xml(dialect: .libvirt) == written)
        #expect(try read(document.xml(dialect: .libvirt)).hostdevs == document.hostdevs)
        #expect(try read(document.xml()).root == .domain(name: "a & b", type: "lxc"))
    }

    @Test func writesNoDeclarationOfAnotherEncoding() throws {
        let latin1 = Array("<?xml\tversion='1.0' encoding='latin1'?><domain><name>".utf8) + [0xE9]
        let document = try HostdevDocument(parsing: latin1 + Array("</name></domain>".utf8), name: "-")
        #expect(try document.xml() == "<domain><name>é</name></domain>\n")
    }

    @Test func leavesWhatIsForeignAmongDevices() throws {
        let document = try read("<devices><disk/><hostdev mode='capability'><source name='a'/></hostdev></devices>")
        #expect(try document.xml().contains("<disk/>"))
    }
}
