import HostdevModel
import Testing

@Suite struct CapabilityTests {
    @Test func readsAnInterface() throws {
        let hostdev = try readHostdev("<hostdev mode='capability'><source name='eth0'/></hostdev>")
        #expect(try hostdev == Hostdev(.net(NetDevice(source: .name(InterfaceName("eth0"))))))
    }

    @Test func readsASCSIUnit() throws {
        let hostdev = try readHostdev(
            "<hostdev mode='capability' type='scsi'><source name='sg3'/><target address='0:0:0:0'/></hostdev>")
        let address = SCSIAddress(host: 0, bus: 0, target: 0, lun: 0)
        #expect(try hostdev == Hostdev(.scsi(SCSIDevice(source: .name(NodeName("sg3")), targetAddress: address))))
    }

    @Test func readsWhatItWrote() throws {
        let net = try NetDevice(
            source: .pci(PCIAddress("00:16.3")), targetName: TargetName("lan%d"), mac: MACAddress("02:00:00:00:00:01"),
            mtu: MTU(9000), linkState: .down, addresses: [InterfaceAddress(IPPrefix("10.0.0.5/24"))],
            routes: [Route(destination: IPPrefix("::/0"), gateway: IPAddress("fe80::1"), metric: 5)],
            inheritsAddresses: true, inheritsRoutes: true)
        let scsi = try SCSIDevice(
            source: .wwid(WWID("naa.5000c500a1b2c3d4")), targetAddress: SCSIAddress("0:0:0:18446744073709551615"),
            nodes: .all, isReadOnly: true, isShareable: true,
            permissions: NodePermissions(mode: 0o660, uid: 0, gid: 6))
        let hostdevs = [Hostdev(.net(net), alias: try Alias("ua-uplink")), Hostdev(.scsi(scsi))]
        let text = try HostdevDocument(hostdevs: hostdevs).xml()
        #expect(try read(text).hostdevs == hostdevs, "\(text)")
    }

    @Test func reportsAllErrorsAtTheirPlaces() {
        let text = """
            <devices>
              <hostdev mode='capability'>
                <source nmae='eth0'/>
                <mtu size='67'/>
              </hostdev>
              <hostdev mode='capability' type='scsi'><sorce name='sg3'/></hostdev>
            </devices>
            """
        #expect(
            problems(text) == [
                "test.xml:3:13: nmae= is not known in <source>: did you mean name=",
                "test.xml:3:5: <source> of a net device needs one of name=, mac= and <address>",
                "test.xml:4:10: size='67' is not an MTU: allowed are 68 to 2147483647 bytes",
                "test.xml:6:42: <sorce> is not known in <hostdev>: did you mean <source>",
                "test.xml:6:3: <hostdev> has no <source>: one is needed",
            ])
    }
}
