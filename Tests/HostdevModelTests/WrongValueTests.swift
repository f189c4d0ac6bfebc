import HostdevModel
import Testing

/// Invalid values in hostdevs, each with its position and message.
@Suite struct WrongValueTests {
    /// The contents of a `<hostdev mode='capability'>` after its source.
    @Test(arguments: [
        ("<target/>", "<target> has no name=: it is required"),
        ("<target name='lan%s'/>", "name='lan%s' is not an interface name pattern"),
        ("<target name='a/b'/>", "name='a/b' is not an interface name"),
        ("<mac address='00:13'/>", "address='00:13' is not a MAC address"),
        ("<mac address='01:00:5e:00:00:01'/>", "is not the address of one interface"),
        ("<mtu/>", "<mtu> has no size=: it is required"),
        ("<mtu size='67'/>", "size='67' is not an MTU"),
        ("<link state='Up'/>", "state='Up' is not known: did you mean 'up'?"),
        ("<link/>", "<link> has no state=: it is required"),
        ("<ip/>", "<ip> has no address=: it is required"),
        ("<ip address='10.0.0.1/24'/>", "address='10.0.0.1/24' is not an IP address"),
        ("<ip address='10.0.0.1' prefix='33'/>", "prefix='33' is not a number from 0 to 32"),
        ("<ip address='::1' prefix='129'/>", "prefix='129' is not a number from 0 to 128"),
        ("<ip address='10.0.0.1' family='ipv6'/>", "family='ipv6' is not that of 10.0.0.1: expected 'ipv4'"),
        ("<ip address='10.0.0.1' family='inet'/>", "family='inet' is not known: expected 'ipv4' or 'ipv6'"),
        ("<ip address='10.0.0.1' peer='::1'/>", "'::1' is not a peer of 10.0.0.1/32"),
        ("<ip address='10.0.0.1' netmask='255.0.0.0'/>", "netmask= does not belong in this <ip>"),
        ("<ip inherit='true'/>", "inherit='true' is not known: expected 'yes' or 'no'"),
        ("<ip inherit='yes' address='10.0.0.1'/>", "inherit= in <ip> allows no other attribute"),
        ("<route/>", "<route> has no address=: it is required"),
        ("<route address='10.0.0.1' prefix='24'/>", "'10.0.0.1/24' is not a network: expected 10.0.0.0/24"),
        ("<route address='10.0.0.0' netmask='255.0.255.0'/>", "netmask='255.0.255.0' is not a netmask"),
        ("<route address='10.0.0.0' netmask='ffff::'/>", "netmask='ffff::' is not a netmask"),
        ("<route address='10.0.0.0/8' prefix='8'/>", "<route> says its prefix twice"),
        ("<route address='10.0.0.0' prefix='8' netmask='255.0.0.0'/>", "<route> says its prefix twice"),
        ("<route address='default' prefix='0'/>", "<route> says its prefix twice"),
        ("<route address='default' gateway='::'/>", "'::' is not a gateway to ::/0"),
        ("<route address='default' family='ipv4' gateway='::1'/>", "'::1' is not a gateway to 0.0.0.0/0"),
        ("<route address='default' family='ipv5'/>", "family='ipv5' is not known: did you mean 'ipv4'?"),
        ("<route address='default' metric='-1'/>", "metric='-1' is not a number from 0 to 4294967295"),
        ("<readonly/>", "<readonly> does not belong in this <hostdev>"),
    ]) func ofAnInterface(xml: String, message: String) {
        expect("<hostdev mode='capability'><source name='eth0'/>\(xml)</hostdev>", message)
    }

    /// The contents of a `<hostdev mode='capability'>`.
    @Test(arguments: [
        ("<source/>", "<source> of a net device needs one of name=, mac= and <address>"),
        ("<source name='a' mac='00:13:02:b9:f9:d3'/>", "needs one of name=, mac= and <address>"),
        ("<source name='a/b'/>", "name='a/b' is not an interface name"),
        ("<source name='lan%d'/>", "name='lan%d' is not an interface name"),  // only a target takes a pattern
        ("<source mac='x'/>", "mac='x' is not a MAC address"),
        ("<source><address bus='0' slot='20' function='0'/></source>", "slot='20' is not a number from 0x0 to 0x1f"),
        ("<source><address bus='0' slot='1' function='8'/></source>", "function='8' is not a number from 0x0 to 0x7"),
        ("<source><address bus='100' slot='1' function='0'/></source>", "bus='100' is not a number from 0x0 to 0xff"),
        ("<source><address type='usb' bus='0' slot='1' function='0'/></source>", "type='usb' is not a PCI address"),
        ("<source><address slot='1' function='0'/></source>", "<address> has no bus=: it is required"),
    ]) func ofASource(xml: String, message: String) {
        expect("<hostdev mode='capability'>\(xml)</hostdev>", message)
    }

    /// The contents of a `<hostdev mode='capability' type='scsi'>`.
    @Test(arguments: [
        ("<source/>", "<source> of a SCSI device needs one of name=, wwid= and address="),
        ("<source name='sg3' wwid='naa.5'/>", "needs one of name=, wwid= and address="),
        ("<source name='bsg/2:0:0:3'/>", "name='bsg/2:0:0:3' is not a device name"),
        ("<source name='/dev/../x'/>", "name='/dev/../x' is not a device path"),
        ("<source wwid=' '/>", "wwid=' ' is not a WWID"),
        ("<source address='2:0:0'/>", "address='2:0:0' is not a SCSI address"),
        ("<source name='sg3'/><target address='x'/>", "address='x' is not a SCSI address"),
        ("<source name='sg3'/><target nodes='disk'/>", "nodes='disk' is not a selection of nodes"),
        ("<source name='sg3'/><readonly>yes</readonly>", "'yes' stands in <readonly>: no text is allowed there"),
        ("<source name='sg3'/><permissions mode='888'/>", "mode='888' is not a number from 00 to 0777"),
        ("<source name='sg3'/><permissions mode='1777'/>", "mode='1777' is not a number from 00 to 0777"),
        ("<source name='sg3'/><permissions uid='-1'/>", "uid='-1' is not a number from 0 to 4294967294"),
        ("<source name='sg3'/><permissions gid='4294967295'/>", "gid='4294967295' is not a number"),
        ("<source name='sg3'/><mtu size='1500'/>", "<mtu> does not belong in this <hostdev>"),
    ]) func ofASCSIUnit(xml: String, message: String) {
        expect("<hostdev mode='capability' type='scsi'>\(xml)</hostdev>", message)
    }

    /// The contents of a `<hostdev mode='capability' type='misc'>`.
    @Test(arguments: [
        ("<source/>", "<source> of a device node needs one of name= and dev="),
        ("<source name='a' dev='/dev/a'/>", "needs one of name= and dev="),
        ("<source name='/dev/fuse'/>", "name='/dev/fuse' is not a device below /dev"),
        ("<source name='../etc/shadow'/>", "name='../etc/shadow' is not a device below /dev"),
        ("<source dev='fuse'/>", "dev='fuse' is not a device path"),
        ("<source name='fuse'/><target/>", "<target> has no dev=: it is required"),
        ("<source name='fuse'/><target dev='tun'/>", "dev='tun' is not a device path"),
    ]) func ofANode(xml: String, message: String) {
        expect("<hostdev mode='capability' type='misc'>\(xml)</hostdev>", message)
    }

    /// The contents of the source of a `<hostdev mode='bus' bus='usb'>`.
    @Test(arguments: [
        ("", "<source> of a USB device needs <vendor> and <product>, or <address>, or all three"),
        ("<vendor id='1'/>", "needs <vendor> and <product>, or <address>, or all three"),
        ("<vendor id='0'/><product id='1'/>", "id='0' is not a number from 1 to 65535"),
        ("<vendor id='1'/><product id='65536'/>", "id='65536' is not a number from 0 to 65535"),
        ("<vendor/><product id='1'/>", "<vendor> has no id=: it is required"),
        ("<vendor id='1'>ST</vendor><product id='1'/>", "'ST' stands in <vendor>: no text is allowed there"),
        ("<address bus='0' dev='5'/>", "bus='0' is not a number from 1 to 999"),
        ("<address bus='3' dev='128'/>", "dev='128' is not a number from 1 to 127"),
        ("<address bus='3'/>", "<address> has no dev=: it is required"),
        ("<address port='1.2'/>", "'1.2' is not a USB port"),
        ("<address bus='3' port='0'/>", "'0' is not a USB port"),
        ("<address bus='3' dev='5' port='1..2'/>", "'1..2' is not a USB port"),
        ("<address bus='3' dev='5' port='1' controller='x'/>", "controller='x' is not a PCI address"),
        ("<serial value='A'/><address bus='3' dev='5'/>", "<serial> needs <vendor> and <product> beside it"),
        ("<vendor id='1'/><product id='1'/><serial value=''/>", "value='' is not a serial number"),
    ]) func ofAUSBDevice(xml: String, message: String) {
        expect("<hostdev mode='bus' bus='usb'><source>\(xml)</source></hostdev>", message)
    }

    /// The target of a physical device.
    @Test(arguments: [
        ("only='usb usb'", "only='usb usb' is not a list of kinds of devices"),
        ("only=''", "only='' is not a list of kinds of devices"),
        ("except='usb,tty'", "except='usb,tty' is not a list of kinds of devices"),
        ("only='usb' except='tty'", "<target> has only= and except=: one of them is allowed"),
    ]) func ofKinds(attributes: String, message: String) {
        expect(
            "<hostdev mode='bus' bus='pci'><source><address bus='0' slot='1' function='0'/></source>"
                + "<target \(attributes)/></hostdev>", message)
    }

    /// Whole hostdevs in the libvirt dialect.
    @Test(arguments: [
        (
            "<hostdev mode='capabilities' type='net'><source/></hostdev>",
            "<source> has no <interface>: it is required"
        ),
        // an empty element is as good as none, and text is not trimmed
        (
            "<hostdev mode='capabilities' type='net'><source><interface/></source></hostdev>",
            "<interface>: '' is not an interface name"
        ),
        (
            "<hostdev mode='capabilities' type='misc'><source><char> /dev/a</char></source></hostdev>",
            "<char>: ' /dev/a' is not a device path"
        ),
        (
            "<hostdev mode='capabilities' type='misc'><source><block>/dev/sda</block></source></hostdev>",
            "<block> does not belong in this <source>: expected <char>"
        ),
        // a leading zero means octal, which has no 8
        (
            "<hostdev type='usb'><source><vendor id='0781'/><product id='0x5406'/></source></hostdev>",
            "id='0781' is not a number from 0x1 to 0xffff"
        ),
        (
            "<hostdev type='scsi'><source><adapter name='host2'/><address bus='0' target='0' unit='0'/></source></hostdev>",
            "name='host2' is not a SCSI adapter"
        ),
        (
            "<hostdev type='scsi'><source><adapter name='scsi_host2'/><address bus='0' target='0'/></source></hostdev>",
            "<address> has no unit=: it is required"
        ),
        ("<hostdev type='scsi'><source protocol='nfs' name='x'/></hostdev>", "protocol='nfs' is not known"),
        ("<hostdev type='scsi'><source protocol='iscsi'/></hostdev>", "<source> has no name=: it is required"),
        ("<hostdev type='scsi_host'><source protocol='vhost'/></hostdev>", "<source> has no wwpn=: it is required"),
        (
            "<hostdev type='mdev'><source><address uuid='x'/></source></hostdev>",
            "<hostdev> has no model=: it is required"
        ),
        (
            "<hostdev type='mdev' model='vfio-pci'><source/></hostdev>",
            "<source> has no <address>: it is required"
        ),
        (
            "<hostdev type='pci' sgio='filtered'><source><address bus='1' slot='1' function='0'/></source></hostdev>",
            "sgio= does not belong in this <hostdev>"
        ),
        (
            "<hostdev type='usb'><source startupPolicy='x'><address bus='1' device='1'/></source></hostdev>",
            "startupPolicy='x' is not known: expected 'mandatory', 'requisite' or 'optional'"
        ),
    ]) func ofLibvirt(xml: String, message: String) {
        expect(xml, message)
    }

    /// Expects that the document has exactly one problem, with this message.
    private func expect(_ xml: String, _ message: String) {
        let problems = problems(xml)
        #expect(problems.count == 1 && problems[0].contains(message), "\(problems)")
    }
}
