import HostdevModel
import Testing

/// The syntax of `type='scsi'`, `'misc'` and `'storage'`.
@Suite struct CapabilityNodeTests {
    @Test(arguments: [
        ("<source name='sg3'/>", SCSIDevice.Source.name(try NodeName("sg3"))),
        ("<source name='/dev/tape/by-id/scsi-1'/>", .path(try DevicePath("/dev/tape/by-id/scsi-1"))),
        ("<source wwid='naa.5000c500a1b2c3d4'/>", .wwid(try WWID("naa.5000c500a1b2c3d4"))),
        ("<source wwid='t10.A    B'/>", .wwid(try WWID("t10.A    B"))),  // spaces stay
        ("<source address='2:0:0:3'/>", .address(SCSIAddress(host: 2, bus: 0, target: 0, lun: 3))),
    ]) func readsSCSISources(xml: String, source: SCSIDevice.Source) throws {
        let hostdev = try readHostdev("<hostdev mode='capability' type='scsi'>\(xml)</hostdev>")
        #expect(hostdev == Hostdev(.scsi(SCSIDevice(source: source))))
    }

    @Test func readsAllOfASCSIUnit() throws {
        let hostdev = try readHostdev(
            """
            <hostdev mode='capability' type='scsi'>
              <permissions mode='0660' uid='0' gid='6'/>
              <shareable/>
              <readonly/>
              <target address='0:0:0:0' nodes='generic bsg disc'/>
              <source name='sg3'/>
              <alias name='ua-disk'/>
            </hostdev>
            """)
        let device = try SCSIDevice(
            source: .name(NodeName("sg3")), targetAddress: SCSIAddress("0:0:0:0"),
            nodes: SCSINodeSelection(.generic, .bsg, .disc), isReadOnly: true, isShareable: true,
            permissions: NodePermissions(mode: 0o660, uid: 0, gid: 6))
        #expect(try hostdev == Hostdev(.scsi(device), alias: Alias("ua-disk")))
    }

    /// The contents of a hostdev of either type of node, and the device.
    @Test(arguments: [
        ("<source name='ttyUSB0'/>", DeviceFile(source: try DevicePath("/dev/ttyUSB0"))),
        ("<source name='snd/timer'/>", DeviceFile(source: try DevicePath("/dev/snd/timer"))),
        ("<source dev='/dev/fuse'/>", DeviceFile(source: try DevicePath("/dev/fuse"))),
        (
            "<source dev='/dev/tun'/><target dev='/dev/net/tun'/>",
            DeviceFile(source: try DevicePath("/dev/tun"), target: try DevicePath("/dev/net/tun"))
        ),
        ("<source name='a'/><readonly/>", DeviceFile(source: try DevicePath("/dev/a"), isReadOnly: true)),
        ("<source name='a'/><shareable/>", DeviceFile(source: try DevicePath("/dev/a"), isShareable: true)),
        (
            "<source name='a'/><permissions mode='600'/>",
            DeviceFile(source: try DevicePath("/dev/a"), permissions: try NodePermissions(mode: 0o600))
        ),
        (
            "<source name='a'/><permissions uid='1000' gid='4294967294'/>",
            DeviceFile(
                source: try DevicePath("/dev/a"),
                permissions: try NodePermissions(mode: nil, uid: 1000, gid: 4_294_967_294))
        ),
        ("<source name='a'/><permissions/>", DeviceFile(source: try DevicePath("/dev/a"))),
    ]) func readsNodes(xml: String, device: DeviceFile) throws {
        #expect(try readHostdev("<hostdev mode='capability' type='misc'>\(xml)</hostdev>").device == .misc(device))
        #expect(
            try readHostdev("<hostdev mode='capability' type='storage'>\(xml)</hostdev>").device == .storage(device))
    }
}
