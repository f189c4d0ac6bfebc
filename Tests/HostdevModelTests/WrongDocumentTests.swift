import HostdevModel
import Testing

/// Documents that are refused, with all of their problems and positions.
@Suite struct WrongDocumentTests {
    @Test(arguments: [
        // which form it is
        (
            "<hostdev/>",
            ["1:1: <hostdev> has no type=: expected 'usb', 'pci', 'scsi', 'scsi_host', 'mdev' or a mode='capability'"]
        ),
        ("<hostdev type='net'/>", ["1:1: <hostdev> has no mode=: type='net' needs mode='capability'"]),
        ("<hostdev mode='capabillity'/>", ["1:10: mode='capabillity' is not known: did you mean 'capability'?"]),
        (
            "<hostdev mode='x'/>",
            ["1:10: mode='x' is not known: expected 'capability', 'bus', 'capabilities' or 'subsystem'"]
        ),
        (
            "<hostdev mode='capability' type='usb'/>",
            ["1:28: type='usb' is not known: expected 'net', 'scsi', 'misc' or 'storage'"]
        ),
        (
            "<hostdev type='sata'/>",
            ["1:10: type='sata' is not known: expected 'usb', 'pci', 'scsi', 'scsi_host' or 'mdev'"]
        ),
        ("<hostdev mode='capabilities'/>", ["1:1: <hostdev> has no type=: expected 'net', 'misc' or 'storage'"]),
        ("<hostdev mode='bus'/>", ["1:1: <hostdev> has no bus=: expected 'usb' or 'pci'"]),
        ("<hostdev mode='bus' bus='scsi'/>", ["1:21: bus='scsi' is not known: expected 'usb' or 'pci'"]),
        // what is in a hostdev
        ("<hostdev mode='capability'/>", ["1:1: <hostdev> has no <source>: it is required"]),
        (
            "<hostdev mode='capability'><source name='a'/>\n<source name='b'/></hostdev>",
            ["2:1: a second <source> in <hostdev>: only one is allowed"]
        ),
        (
            "<hostdev mode='capability'><source name='a'/>b</hostdev>",
            ["1:1: 'b' stands in <hostdev>: no text is allowed there"]
        ),
        (
            "<hostdev mode='capability'><source name='a'/><alias/><alias name='a b'/></hostdev>",
            [
                "1:46: <alias> has no name=: it is required",
                "1:54: a second <alias> in <hostdev>: only one is allowed",
            ]
        ),
        (
            "<hostdev mode='capability'><source name='a'/><alias name='a b'/></hostdev>",
            [
                "1:53: name='a b' is not an alias: expected 1 to 255 letters (a to z, A to Z), digits, '-' and '_'"
            ]
        ),
        (
            "<hostdev type='pci' managed='maybe'><source><address bus='1' slot='1' function='0'/></source></hostdev>",
            ["1:21: managed='maybe' is not known: expected 'yes' or 'no'"]
        ),
        // misspelled names, each said once
        ("<hostdev mode='capability' tipe='scsi'/>", ["1:28: tipe= is not known in <hostdev>: did you mean type=?"]),
        (
            "<hostdev mode='capability'><sorce name='a'/></hostdev>",
            ["1:28: <sorce> is not known in <hostdev>: did you mean <source>?"]
        ),
        (
            "<hostdev mode='capability'><source nmae='a'/></hostdev>",
            ["1:36: nmae= is not known in <source>: did you mean name=?"]
        ),
        // names of ours in the wrong place
        (
            "<hostdev mode='capability'><source dev='a'/></hostdev>",
            ["1:36: dev= does not belong in this <source>: expected name= or mac="]
        ),
        (
            "<hostdev mode='capability'><source><interface>a</interface></source></hostdev>",
            ["1:36: <interface> does not belong in this <source>: expected <address>"]
        ),
        (
            "<hostdev mode='capabilities' type='net'><source name='a'/></hostdev>",
            ["1:49: name= does not belong in this <source>: nothing is allowed there"]
        ),
        (
            "<hostdev mode='bus' bus='usb'><source><address bus='3' device='5'/></source></hostdev>",
            ["1:56: device= does not belong in this <address>: expected bus=, dev=, port= or controller="]
        ),
    ]) func isRefused(xml: String, expected: [String]) {
        #expect(problems(xml) == expected.map { "test.xml:" + $0 })
    }

    @Test func reportsEverythingInOrder() {
        let text = """
            <devices>
              <hostdev mode='capability'>
                <source nmae='eth0'/>
                <mtu size='67'/>
                <ip address='10.0.0.1' prefix='33'/>
              </hostdev>
              <hostdev mode='capability' type='scsi'><sorce name='sg3'/><target address='0'/></hostdev>
              <hostdve/>
            </devices>
            """
        #expect(
            problems(text) == [
                "test.xml:3:13: nmae= is not known in <source>: did you mean name=?",
                "test.xml:4:10: size='67' is not an MTU: expected 68 to 2147483647 bytes",
                "test.xml:5:28: prefix='33' is not a number from 0 to 32: expected decimal digits",
                "test.xml:7:42: <sorce> is not known in <hostdev>: did you mean <source>?",
                "test.xml:7:69: address='0' is not a SCSI address: expected four decimal numbers "
                    + "host:bus:target:lun, such as 2:0:0:3",
                "test.xml:8:3: <hostdve> is not known in <devices>: did you mean <hostdev>?",
            ])
    }

    @Test func ignoresStrangeNamesWithAWarning() throws {
        let document = try read(
            """
            <devices>
              <disk/>
              <hostdev mode='capability' colour='red'>
                <source name='eth0' x:y='z' xmlns:x='urn:x'/>
                <colour/>
                <x:colour xmlns:x='urn:x'/>
              </hostdev>
            </devices>
            """)
        #expect(
            document.warnings.map(\.description) == [
                "test.xml:2:3: <disk> is not known in <devices> and is ignored",
                "test.xml:3:30: colour= is not known in <hostdev> and is ignored",
                "test.xml:5:5: <colour> is not known in <hostdev> and is ignored",
            ])
        #expect(try document.hostdevs == [Hostdev(.net(NetDevice(source: .name(InterfaceName("eth0")))))])
    }

    @Test func refusesWhatIsNamedTwice() {
        let text = """
            <devices>
              <hostdev mode='capability'><source name='eth0'/><alias name='a'/></hostdev>
              <hostdev mode='capabilities' type='net'><source><interface>eth0</interface></source></hostdev>
              <hostdev mode='capability'><source name='eth1'/><alias name='a'/></hostdev>
              <hostdev mode='bus' bus='pci'><source><address bus='0' slot='16' function='3'/></source></hostdev>
              <hostdev type='pci'><source><address bus='0' slot='0x16' function='3'/></source></hostdev>
              <hostdev type='scsi'><source protocol='iscsi' name='iqn'/></hostdev>
              <hostdev type='scsi'><source name='iqn' protocol='iscsi'/><readonly/></hostdev>
            </devices>
            """
        #expect(
            problems(text) == [
                "test.xml:3:3: net eth0 is already the hostdev in line 2: only one is allowed",
                "test.xml:4:3: the alias 'a' is already that of the hostdev in line 2: only one is allowed",
                "test.xml:6:3: pci 0000:00:16.3 is already the hostdev in line 5: only one is allowed",
                "test.xml:8:3: iscsi is already the hostdev in line 7: only one is allowed",
            ])
    }

    @Test func takesOneUnitNamedInTwoWays() throws {
        let text = """
            <devices>
              <hostdev mode='capability' type='scsi'><source name='sg3'/></hostdev>
              <hostdev mode='capability' type='scsi'><source address='2:0:0:3'/></hostdev>
            </devices>
            """
        #expect(try read(text).hostdevs.count == 2)  // only the host knows that they are the same
    }
}
