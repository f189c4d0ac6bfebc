import TestHost
import Testing

/// Devices that are known by their node alone, in real containers with runc's device filter.
@Suite(.serialized, .exclusive(.scsiUnits)) struct DeviceFileTests {
    private func hostdev(_ type: String, _ source: String, _ more: String = "") -> String {
        "<hostdev mode='capability' type='\(type)'><source dev='\(source)'/>\(more)</hostdev>"
    }

    @Test func aCharacterDevice() throws {
        try onThrowawayHost {
            try sh("modprobe fuse; udevadm settle 2>/dev/null || true; test -c /dev/fuse")
            let container = try RuncContainer("misc")
            let document = hostdev("misc", "/dev/fuse", "<target dev='/dev/deep/er/fuse'/><permissions mode='0666'/>")
            let attach = try Program.run("attach", container.reference, "-", "--format", "json", input: document)
            #expect(attach.status == 0, "\(attach)")
            for part in [#""type":"misc""#, #""name":"fuse""#, #""path":"/dev/deep/er/fuse""#, #""access":"rw""#] {
                #expect(attach.output.contains(part), "\(part) in \(attach.output)")
            }
            // Opened, though no file system is asked for.
            #expect(try container.run(["sh", "-c", "exec 3<>/dev/deep/er/fuse"]).status == 0)
            #expect(try container.sh("stat -c '%a %t:%T' /dev/deep/er/fuse") == "666 a:e5\n")
            #expect(try Program.run("check", container.reference).status == 0)
            #expect(
                try Program.run("dumpxml", container.reference).output.contains("<target dev='/dev/deep/er/fuse'/>"))

            let other = try RuncContainer("misc2")
            let taken = try Program.run("attach", other.reference, "--misc", "/dev/fuse", "--format", "json")
            #expect(taken.status == 75)
            #expect(try decode(ErrorDocument.self, taken).error.code == "in-use")

            #expect(try Program.run("detach", container.reference, "--misc", "/dev/fuse").status == 0)
            #expect(try container.sh("ls /dev/deep 2>&1 || true").contains("No such file"))
            #expect(try Program.run("attach", other.reference, "--misc", "/dev/fuse").status == 0)
            #expect(try Program.run("detach", other.reference, "--misc", "/dev/fuse").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func inAUserNamespace() throws {
        try onThrowawayHost {
            try sh("modprobe fuse; udevadm settle 2>/dev/null || true; test -c /dev/fuse")
            let container = try TestContainer(.init(userNamespace: true))
            let document = hostdev("misc", "/dev/fuse", "<permissions mode='0600' uid='0' gid='0'/>")
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            #expect(try container.sh("stat -c '%u %g %a' /dev/fuse; exec 3<>/dev/fuse") == "0 0 600\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try !container.sh("ls /dev").contains("fuse"))
        }
    }

    /// A disk, its partitions and its sg node are one device to whoever wants it for himself.
    @Test func aDiskAndItsPartitions() throws {
        try onThrowawayHost {
            let disk = try Disk()
            try sh(
                """
                printf ',2MiB\\n,2MiB\\n' | sfdisk -q /dev/\(disk.disc)
                until [ -e /sys/class/block/\(disk.disc)2/dev ] && [ -b /dev/\(disk.disc)2 ]; do sleep 0.05; done
                """)
            let (one, two) = (try RuncContainer("part1"), try RuncContainer("part2"))
            func attach(_ container: RuncContainer, _ document: String) throws -> CommandResult {
                try Program.run("attach", container.reference, "-", "--format", "json", input: document)
            }
            #expect(try attach(one, hostdev("storage", "/dev/\(disk.disc)1")).status == 0)
            #expect(try one.run(["blockdev", "--getsize64", "/dev/\(disk.disc)1"]).output == "2097152\n")
            #expect(try one.run(["dd", "if=/dev/zero", "of=/dev/\(disk.disc)1", "count=1"]).status == 0)
            #expect(try attach(two, hostdev("storage", "/dev/\(disk.disc)2", "<readonly/>")).status == 0)
            #expect(try two.run(["dd", "if=/dev/\(disk.disc)2", "of=/dev/null", "count=1"]).status == 0)
            #expect(try two.run(["dd", "if=/dev/zero", "of=/dev/\(disk.disc)2", "count=1"]).status != 0)
            // Who has the disk has both.
            for whole in [
                hostdev("storage", "/dev/\(disk.disc)"),
                "<hostdev mode='capability' type='scsi'><source name='\(disk.generic)'/></hostdev>",
            ] {
                let result = try attach(two, whole)
                #expect(result.status != 0)
                #expect(["in-use", "already-attached"].contains(try decode(ErrorDocument.self, result).error.code))
            }
            for container in [one, two] {
                #expect(try Program.run("detach", container.reference, "--all").status == 0)
            }
            // Named in two ways in one document, which only looking finds out.
            let twice =
                "<devices>\(hostdev("storage", "/dev/\(disk.disc)"))\(hostdev("misc", "/dev/\(disk.generic)"))</devices>"
            let result = try attach(one, twice)
            #expect(result.status == 65, "\(result)")
            #expect(try decode(ErrorDocument.self, result).error.message.contains("are one device"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// What the host has mounted is not given away, through whichever node, unless by force.
    @Test func whatTheHostUsesItself() throws {
        try onThrowawayHost {
            let disk = try Disk()
            try sh("mkfs.ext4 -qF /dev/\(disk.disc); mkdir -p /run/data; mount /dev/\(disk.disc) /run/data")
            let container = try RuncContainer("used")
            for name in [disk.generic, disk.disc] {
                let result = try Program.run(
                    "attach", container.reference, "--format", "json", "--scsi", name)
                #expect(result.status == 75, "\(result)")
                let error = try decode(ErrorDocument.self, result).error
                #expect(error.code == "in-use")
                #expect(error.hint?.contains("--force") == true)
            }
            #expect(try Program.run("attach", container.reference, "--scsi", disk.generic, "--force").status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            try sh("umount /run/data")
            #expect(try Program.run("attach", container.reference, "--scsi", disk.generic).status == 0)
        }
    }
}
