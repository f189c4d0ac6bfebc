import HostdevModel
import Testing

@Suite struct NodeDeviceTests {
    /// Documents as they are written, each with the hostdev that attaches the device; empty if there is none.
    @Test(arguments: [
        (
            """
            <device>
              <name>net_eth0_00_13_02_b9_f9_d3</name>
              <path>/sys/devices/pci0000:00/0000:00:19.0/net/eth0</path>
              <parent>pci_0000_00_19_0</parent>
              <capability type='net'>
                <interface>eth0</interface>
                <address>00:13:02:b9:f9:d3</address>
                <link speed='1000' state='up'/>
                <feature name='rx'/>
                <feature name='tso'/>
                <capability type='80203'/>
              </capability>
            </device>

            """, "net eth0"
        ),
        (
            """
            <device>
              <name>scsi_host2</name>
              <parent>pci_0000_00_1f_2</parent>
              <capability type='scsi_host'>
                <host>2</host>
                <unique_id>1</unique_id>
              </capability>
            </device>

            """, ""
        ),
        (
            """
            <device>
              <name>scsi_target2_0_0</name>
              <capability type='scsi_target'>
                <target>target2:0:0</target>
              </capability>
            </device>

            """, ""
        ),
        (
            """
            <device>
              <name>scsi_2_0_0_3</name>
              <driver>
                <name>sd</name>
              </driver>
              <capability type='scsi'>
                <host>2</host>
                <bus>0</bus>
                <target>0</target>
                <lun>3</lun>
                <type>disk</type>
              </capability>
            </device>

            """, "scsi 2:0:0:3"
        ),
        (
            """
            <device>
              <name>scsi_generic_sg3</name>
              <devnode type='dev'>/dev/sg3</devnode>
              <devnode type='link'>/dev/tape/by-id/scsi-1</devnode>
              <devnode type='link'>/dev/tape/by-path/x</devnode>
              <parent>scsi_2_0_0_3</parent>
              <capability type='scsi_generic'>
                <char>/dev/sg3</char>
              </capability>
            </device>

            """, "scsi /dev/sg3"
        ),
        (
            """
            <device>
              <name>block_sda_QEMU_HARDDISK_1</name>
              <capability type='storage'>
                <block>/dev/sda</block>
                <bus>scsi</bus>
                <drive_type>disk</drive_type>
                <model>QEMU HARDDISK</model>
                <vendor>QEMU</vendor>
                <serial>1</serial>
                <size>1073741824</size>
                <logical_block_size>512</logical_block_size>
                <num_blocks>2097152</num_blocks>
              </capability>
            </device>

            """, "storage /dev/sda"
        ),
        (
            """
            <device>
              <name>block_sr0</name>
              <capability type='storage'>
                <block>/dev/sr0</block>
                <drive_type>cdrom</drive_type>
                <capability type='removable'>
                  <media_available>1</media_available>
                  <media_size>1000</media_size>
                </capability>
              </capability>
            </device>

            """, "storage /dev/sr0"
        ),
        (
            """
            <device>
              <name>block_sr1</name>
              <capability type='storage'>
                <block>/dev/sr1</block>
                <capability type='removable'>
                  <media_available>0</media_available>
                </capability>
              </capability>
            </device>

            """, "storage /dev/sr1"
        ),
        (
            """
            <device>
              <name>usb_3_2</name>
              <capability type='usb_device'>
                <bus>3</bus>
                <device>5</device>
                <product id='0x2016'>Fingerprint Reader</product>
                <vendor id='0x0483'>SGS Thomson Microelectronics</vendor>
              </capability>
            </device>

            """, "usb 003:005"
        ),
        (
            """
            <device>
              <name>pci_0000_00_16_3</name>
              <capability type='pci'>
                <class>0x070002</class>
                <domain>0</domain>
                <bus>0</bus>
                <slot>22</slot>
                <function>3</function>
                <product id='0x1e3d'>KT Controller</product>
                <vendor id='0x8086'/>
              </capability>
            </device>

            """, "pci 0000:00:16.3"
        ),
        (
            """
            <device>
              <name>computer</name>
              <capability type='system'/>
            </device>

            """, ""
        ),
    ]) func readsWhatItWrites(xml: String, hostdev: String) throws {
        let device = try read(xml)
        #expect(try device.xml() == xml)
        #expect(device.hostdev?.description ?? "" == hostdev)
        if let found = device.hostdev { #expect(try readHostdev(found.xml()) == found) }
    }

    @Test func readsTheFirstDesign() throws {
        let net = try read(
            """
            <device>
              <name>net_00_13_02_b9_f9_d3_0</name>
              <key>/org/freedesktop/Hal/devices/net_00_13_02_b9_f9_d3_0</key>
              <parent>/org/freedesktop/Hal/devices/pci_8086_4227</parent>
              <capability type="net">
                <hwaddr>00:13:02:b9:f9:d3</hwaddr>
                <name>eth0</name>
                <capability type="80211"/>
              </capability>
            </device>
            """)
        let capability = try NetCapability(
            interface: InterfaceName("eth0"), address: MACAddress("00:13:02:b9:f9:d3"), technology: .wireless)
        #expect(net.capabilities == [.net(capability)])
        #expect(net.parent?.description == "pci_8086_4227")

        let usb = try read(
            """
            <device>
              <name>usb_device_483_2016_noserial</name>
              <bus type="usb">
                <vendor id="1155">SGS Thomson Microelectronics</vendor>
                <product id="8214">Fingerprint Reader</product>
                <address bus="003" dev="005"/>
              </bus>
            </device>
            """)
        let device = try USBCapability(
            address: USBAddress("003:005"), id: USBID("0483:2016"), productName: "Fingerprint Reader",
            vendorName: "SGS Thomson Microelectronics")
        #expect(usb.capabilities == [.usb(device)])

        let pci = try read(
            """
            <device><name>pci</name><bus type='pci'><vendor id='32902'/><product id='16935'/>
            <address domain='0000' bus='00' slot='16' function='3'/></bus></device>
            """)
        let function = try PCICapability(address: PCIAddress("00:16.3"), product: 0x4227, vendor: 0x8086)
        #expect(pci.capabilities == [.pci(function)])
    }

    @Test(arguments: [
        ("<hostdev/>", "1:1: <hostdev> is not a node device: expected <device>"),
        ("<device/>", "1:1: <device> has no <name>: it is required"),
        ("<device><name>a-b</name></device>", "1:9: <name>: 'a-b' is not the name of a node device"),
        ("<device><name>a</name><pth/></device>", "1:23: <pth> is not known in <device>: did you mean <path>?"),
        ("<device><name>a</name><devnode>/dev/a</devnode></device>", "1:23: <devnode> has no type=: it is required"),
        (
            "<device><name>a</name><devnode type='dev'>/a</devnode><devnode type='dev'>/b</devnode></device>",
            "1:55: a second <devnode type='dev'>: only one is allowed"
        ),
        (
            "<device><name>a</name><capability type='pci'><class>0x1000000</class><domain>0</domain><bus>0</bus>"
                + "<slot>1</slot><function>0</function><product id='1'/><vendor id='1'/></capability></device>",
            "1:46: <class>: '0x1000000' is not a class code"
        ),
        ("<device><name>a</name><capability/></device>", "1:23: <capability> has no type=: it is required"),
        ("<device><name>a</name><bus type='isa'/></device>", "1:28: type='isa' is not known: expected 'usb' or 'pci'"),
        (
            "<device><name>a</name><capability type='net'/></device>",
            "1:23: <capability> has no <interface>: it is required"
        ),
        (
            "<device><name>a</name><capability type='scsi_generic'><char>sg3</char></capability></device>",
            "1:55: <char>: 'sg3' is not a device path"
        ),
        (
            "<device><name>a</name><capability type='scsi_host'><host>x</host></capability></device>",
            "1:52: <host>: 'x' is not a number from 0 to 4294967295"
        ),
    ]) func refuses(xml: String, problem: String) {
        let error = #expect(throws: DocumentError.self) { try read(xml) }
        #expect(error?.problems.count == 1)
        #expect(error?.description.hasPrefix("test.xml:" + problem) == true, "\(error?.description ?? "")")
    }

    @Test func namesDevicesAsLibvirtDoes() throws {
        #expect(
            NodeDeviceName(subsystem: "net", "eth0", "00:13:02:b9:f9:d3").description == "net_eth0_00_13_02_b9_f9_d3")
        #expect(NodeDeviceName(subsystem: "pci", "0000:00:16.3").description == "pci_0000_00_16_3")
        #expect(NodeDeviceName.computer.description == "computer")
    }

    @Test func refusesANameThatIsNotText() throws {
        let net = NetCapability(interface: try InterfaceName(bytes: [0xFF]))
        let device = NodeDevice(name: NodeDeviceName(subsystem: "net", "x"), capabilities: [.net(net)])
        #expect(throws: Unrepresentable.self) { try device.xml() }
        let usb = try USBCapability(address: USBAddress("3:5"), id: USBID("1:1"), productName: "\u{1}")
        let other = NodeDevice(name: NodeDeviceName(subsystem: "usb", "x"), capabilities: [.usb(usb)])
        #expect(throws: Unrepresentable.self) { try other.xml() }
    }

    private func read(_ xml: String) throws -> NodeDevice {
        try NodeDevice(parsing: Array(xml.utf8), name: "test.xml")
    }
}
