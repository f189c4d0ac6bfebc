import Glibc
import HostdevModel
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// Nodes that are named by themselves, on whatever kernel runs this, and on a sysfs that was made for it.
@Suite struct DeviceNodesTests {
    @Test func aNodeOfTheKernels() throws {
        let node = try DeviceNodes().node(DevicePath("/dev/null"), .character)
        #expect(node.name == "null")
        #expect(node.number == DeviceNumber(.character, 1, 3))
        #expect(node.unit == nil)
        #expect(try DeviceNodes().identity(of: node.number) == node.identity)
        #expect(node.identity != (try DeviceNodes().node(DevicePath("/dev/zero"), .character)).identity)
    }

    @Test(arguments: [
        ("/dev/null", DeviceNumber.Kind.block, NodeDeviceError.Code.wrongKind), ("/dev/none", .character, .notFound),
        ("/dev", .character, .wrongKind), ("/dev/null/x", .character, .notFound),
    ])
    func whatIsNoSuchNodeIsRefused(path: String, kind: DeviceNumber.Kind, code: NodeDeviceError.Code) throws {
        let error = #expect(throws: NodeDeviceError.self) { try DeviceNodes().node(DevicePath(path), kind) }
        #expect(error?.code == code)
    }

    @Test func whoHasADiskHasItsPartitions() {
        let disk = DeviceIdentity("eui.0025385b71b0a1c2")
        #expect(disk.overlaps(disk))
        #expect(disk.overlaps(disk.partition(1)))
        #expect(disk.partition(1).overlaps(disk))
        #expect(!disk.partition(1).overlaps(disk.partition(2)))
        #expect(!disk.partition(1).overlaps(disk.partition(10)))
        #expect(!disk.overlaps(DeviceIdentity("eui.0025385b71b0a1c3")))
    }

    /// A fake sysfs: no machine has all of these.
    @Test(arguments: [
        ("8:17", "naa.5 type 0 lun 0 partition 1"), ("259:0", "eui.1"), ("259:1", "eui.1 partition 1"),
        ("253:0", "LVM-abc"), ("7:0", "/devices/virtual/block/loop0"),
    ])
    func aFakeSysfsSaysWhatADeviceIs(number: String, identity: String) throws {
        var template = Array("/tmp/hostdev-sysfs-XXXXXX".utf8CString)
        let root = unsafe String(cString: mkdtemp(&template))
        defer { unsafe _ = system("rm -rf '\(root)'") }
        let script = """
            set -e; cd '\(root)'; mkdir -p dev/block class bus/scsi/devices
            unit=devices/pci0/host2/target2:0:0/2:0:0:0
            mkdir -p $unit/block/sdb/sdb1 devices/nvme/nvme0n1/nvme0n1p1 devices/virtual/block/{dm-0/dm,loop0}
            echo 0 > $unit/type; echo naa.5 > $unit/wwid; echo L > $unit/vendor; echo M > $unit/model; echo 7 > $unit/scsi_level
            ln -s ../.. $unit/block/sdb/device; echo 8:16 > $unit/block/sdb/dev; echo 1 > $unit/block/sdb/sdb1/partition
            printf 'MAJOR=8\\nMINOR=16\\nDEVNAME=sdb\\n' > $unit/block/sdb/uevent
            echo eui.1 > devices/nvme/nvme0n1/wwid; echo 259:0 > devices/nvme/nvme0n1/dev
            echo 1 > devices/nvme/nvme0n1/nvme0n1p1/partition; echo LVM-abc > devices/virtual/block/dm-0/dm/uuid
            ln -s ../../$unit/block/sdb dev/block/8:16; ln -s ../../$unit/block/sdb/sdb1 dev/block/8:17
            ln -s ../../devices/nvme/nvme0n1 dev/block/259:0; ln -s ../../devices/nvme/nvme0n1/nvme0n1p1 dev/block/259:1
            ln -s ../../devices/virtual/block/dm-0 dev/block/253:0; ln -s ../../devices/virtual/block/loop0 dev/block/7:0
            """
        #expect(unsafe system("bash -c \"$(cat <<'END'\n\(script)\nEND\n)\"") == 0)
        let parts = number.split(separator: ":").compactMap { UInt32($0) }
        let found = try DeviceNodes(sysfs: FilePath(root)).identity(of: DeviceNumber(.block, parts[0], parts[1]))
        #expect(found.description.replacing(root, with: "") == identity)
    }
}
