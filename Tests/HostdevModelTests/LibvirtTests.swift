import HostdevModel
import Testing

/// The syntax of the libvirt dialect.
@Suite struct LibvirtTests {
    @Test func readsCapabilities() throws {
        let net = try readHostdev(
            """
            <hostdev mode="capabilities" type="net" managed="yes">
              <source>
                <interface>eth0</interface>
              </source>
              <ip address='192.168.122.2' family='ipv4' prefix='24'/>
              <route family='ipv4' address='0.0.0.0' gateway='192.168.122.1'/>
            </hostdev>
            """)
        let device = try NetDevice(
            source: .name(InterfaceName("eth0")), addresses: [InterfaceAddress(IPPrefix("192.168.122.2/24"))],
            routes: [Route(destination: IPPrefix("0.0.0.0/0"), gateway: IPAddress("192.168.122.1"))])
        #expect(net == Hostdev(.net(device)))

        let misc = try readHostdev(
            "<hostdev mode='capabilities' type='misc'><source><char>/dev/sg3</char></source></hostdev>")
        #expect(try misc == Hostdev(.misc(MiscDevice(source: DevicePath("/dev/sg3")))))
        let storage = try readHostdev(
            "<hostdev mode='capabilities' type='storage'><source><block>/dev/sdf1</block></source></hostdev>")
        #expect(try storage == Hostdev(.storage(StorageDevice(source: DevicePath("/dev/sdf1")))))
    }

    /// The contents of the source of a USB device, and the source.
    @Test(arguments: [
        ("<vendor id='0x0483'/><product id='0x2016'/>", USBDevice.Source.id(try USBID("0483:2016"), at: nil)),
        ("<vendor id='1155'/><product id='8214'/>", .id(try USBID("0483:2016"), at: nil)),
        ("<vendor id='02203'/><product id='0'/>", .id(try USBID("0483:0000"), at: nil)),  // octal
        ("<address bus='3' device='5'/>", .address(try USBAddress("003:005"))),
        ("<address bus='010' device='0x10'/>", .address(try USBAddress("008:016"))),
        (
            "<vendor id='0x0483'/><product id='0x2016'/><address bus='3' device='5'/>",
            .id(try USBID("0483:2016"), at: try USBAddress("003:005"))
        ),
    ]) func readsUSB(xml: String, source: USBDevice.Source) throws {
        for mode in ["mode='subsystem' ", ""] {  // which is what no mode means
            let hostdev = try readHostdev("<hostdev \(mode)type='usb'><source>\(xml)</source></hostdev>")
            #expect(hostdev == Hostdev(.usb(USBDevice(source: source))))
        }
    }

    /// The attributes of the address of a PCI function, and the address.
    @Test(arguments: [
        ("domain='0x0000' bus='0x06' slot='0x12' function='0x5'", "0000:06:12.5"),
        ("domain='0' bus='6' slot='18' function='5'", "0000:06:12.5"),  // decimal without a 0x
        ("bus='06' slot='022' function='05'", "0000:06:12.5"),  // octal
    ]) func readsPCI(attributes: String, address: String) throws {
        let hostdev = try readHostdev("<hostdev type='pci'><source><address \(attributes)/></source></hostdev>")
        #expect(try hostdev == Hostdev(.pci(PCIDevice(source: PCIAddress(address)))))
    }

    @Test func readsSCSI() throws {
        let hostdev = try readHostdev(
            """
            <hostdev mode='subsystem' type='scsi' managed='no'>
              <source>
                <adapter name='scsi_host2'/>
                <address type='scsi' bus='0' target='0' unit='3'/>
              </source>
              <readonly/>
              <shareable/>
            </hostdev>
            """)
        let device = try SCSIDevice(source: .address(SCSIAddress("2:0:0:3")), isReadOnly: true, isShareable: true)
        #expect(hostdev == Hostdev(.scsi(device)))
    }

    /// Settings without a meaning for a container are kept, and so are devices that only a virtual machine can use.
    @Test(arguments: [
        """
        <hostdev mode='subsystem' type='pci' managed='yes'>
          <source writeFiltering='no'>
            <address domain='0x0000' bus='0x06' slot='0x02' function='0x0'/>
          </source>
          <alias name='hostdev0'/>
          <boot order='1'/>
          <rom bar='on' file='/etc/fake/boot.bin'/>
          <driver name='vfio'/>
          <teaming type='transient' persistent='ua-backup0'/>
          <address type='pci' domain='0x0000' bus='0x00' function='0x0' multifunction='on' slot='0x05'>
            <zpci fid='0x1' uid='0x2'/>
          </address>
        </hostdev>

        """,
        """
        <hostdev mode='subsystem' type='usb' managed='no'>
          <source startupPolicy='optional' guestReset='off'>
            <vendor id='0x1234'/>
            <product id='0xbeef'/>
          </source>
          <boot order='2'/>
        </hostdev>

        """,
        """
        <hostdev mode='subsystem' type='scsi' managed='no' sgio='unfiltered' rawio='yes'>
          <source>
            <adapter name='scsi_host0'/>
            <address bus='0' target='0' unit='0'/>
          </source>
          <readonly/>
          <address type='drive' controller='0' bus='0' target='0' unit='0'/>
        </hostdev>

        """,
        """
        <hostdev mode='subsystem' type='scsi' managed='no'>
          <source name='iqn.1992-01.com.example:storage/1' protocol='iscsi'>
            <host name='example.org' port='3260'/>
            <auth username='myuser'>
              <secret type='iscsi' usage='libvirtiscsi'/>
            </auth>
            <initiator>
              <iqn name='iqn.2020-07.com.example:client'/>
            </initiator>
          </source>
          <shareable/>
        </hostdev>

        """,
        """
        <hostdev mode='subsystem' type='scsi_host' managed='no' model='virtio'>
          <source protocol='vhost' wwpn='naa.5123456789abcde0'/>
        </hostdev>

        """,
        """
        <hostdev mode='subsystem' type='mdev' managed='no' model='vfio-pci' display='on' ramfb='on'>
          <source>
            <address uuid='53764d0e-85a0-42b4-af5c-2046b460b1dc'/>
          </source>
        </hostdev>

        """,
    ]) func keepsWhatIsNotForContainers(xml: String) throws {
        let document = try read(xml)
        #expect(document.warnings.isEmpty)
        let written = try document.xml(dialect: .libvirt)
        #expect(try read(written).hostdevs == document.hostdevs)
        if try readHostdev(xml).device.isForContainers {
            let inOurs = try document.xml(dialect: .capability)
            #expect(try read(inOurs).hostdevs == document.hostdevs, "\(inOurs)")
        } else {
            #expect(throws: Unrepresentable.self) { try document.xml(dialect: .capability) }
        }
    }

    @Test func knowsWhatItKeeps() throws {
        let kept = try readHostdev(
            "<hostdev type='pci' managed='yes'><source><address bus='1' slot='0' function='0'/></source></hostdev>")
        #expect(kept.libvirtSettings.isManaged && !kept.libvirtSettings.isEmpty)
        let bare = try readHostdev(
            "<hostdev type='pci'><source><address bus='1' slot='0' function='0'/></source></hostdev>")
        #expect(bare.libvirtSettings.isEmpty)
        #expect(kept != bare)
    }
}

extension Device {
    fileprivate var isForContainers: Bool {
        if case .libvirtOnly = self { false } else { true }
    }
}
