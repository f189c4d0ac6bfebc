import FoundationEssentials
import TestHost
import Testing

/// What the inventory says of real SCSI, USB and PCI devices, beside what the programs for those say.
@Suite(.serialized, .exclusive(.scsiUnits)) struct InventoryTests {
    /// What `nodedev list` says of each device.
    private struct List: Decodable {
        struct Device: Decodable {
            let name: String
            let parent: String?
            let capabilities: [String]
        }
        let devices: [Device]

        static func now() throws -> [Device] {
            try decode(List.self, Program.run("nodedev", "list", "--format", "json")).devices
        }
    }

    @Test func theSameDevicesAsOthersSee() throws {
        let devices = try List.now()
        func names(_ capability: String) -> [String] {
            devices.filter { $0.capabilities == [capability] }.map(\.name)
        }
        func lines(_ script: String) throws -> [String] {
            try sh("{ \(script); } | LC_ALL=C sort").split(separator: "\n").map(String.init)
        }
        #expect(try names("scsi") == lines("lsscsi | tr -d '[]' | cut -d' ' -f1 | tr : _ | sed 's/^/scsi_/'"))
        #expect(try names("scsi_generic") == lines("lsscsi -g | grep -o 'sg[0-9]*' | sed 's/^/scsi_generic_/'"))
        #expect(try names("pci") == lines("ls /sys/bus/pci/devices | tr ':.' _ | sed 's/^/pci_/'"))
        let sticks = try lines("ls /sys/bus/usb/devices | grep -v : | tr -- '-.' _ | sed 's/^/usb_/'")
        #expect(names("usb_device") == sticks)
    }

    @Test func aDiskIsBelowItsController() throws {
        let disk = try Disk()
        let devices = try List.now()
        var names = ["scsi_generic_\(disk.generic)"]
        while let parent = devices.first(where: { $0.name == names.last })?.parent { names.append(parent) }
        let address = disk.address.split(separator: ":").joined(separator: "_")
        let host = disk.address.split(separator: ":")[0]
        #expect(names[1...] == ["scsi_\(address)", "scsi_target\(host)_0_0", "scsi_host\(host)", "computer"])
        let storage = try #require(devices.first { $0.name.hasPrefix("block_\(disk.disc)") })
        let device = try Program.run("nodedev", "dumpxml", storage.name).output
        let bytes = try sh("blockdev --getsize64 /dev/\(disk.disc)").filter(\.isNumber)
        for part in [
            "<block>/dev/\(disk.disc)</block>", "<model>scsi_debug</model>", "<vendor>Linux</vendor>",
            "<size>\(bytes)</size>", "<parent>scsi_\(address)</parent>",
        ] { #expect(device.contains(part), "\(part) in \(device)") }
        // A real controller is a PCI function.
        let units = devices.filter { $0.name == "block_sda_VIRTIO0" }
        #expect(units.count == 1)
        var above = units.first
        while let parent = above?.parent, !parent.hasPrefix("pci_") { above = devices.first { $0.name == parent } }
        #expect(above?.name.hasPrefix("scsi_host") == true)
    }

    /// QEMU's devices have the serial numbers that they were given.
    @Test func aSerialNumberIsTheUnitsOwn() throws {
        let names = try List.now().map(\.name).joined(separator: " ")
        for serial in ["VIRTIO0", "VIRTIO1", "MEGASAS3"] { #expect(names.contains("_\(serial)"), "\(names)") }
    }

    @Test func whatIsPrintedCanBeFedBack() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("inventory")
            let hostdev = try Program.run("nodedev", "dumpxml", "--hostdev", "scsi_generic_\(disk.generic)")
            let attach = try Program.run("attach", container.reference, "-", input: hostdev.output)
            #expect(attach.status == 0, "\(attach)")
            #expect(try container.run(["sg_inq", "/dev/\(disk.generic)"]).output.contains("scsi_debug"))
            #expect(try Program.run("detach", container.reference, "-", input: hostdev.output).status == 0)
        }
    }
}
