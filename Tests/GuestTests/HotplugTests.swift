import TestHost
import Testing

/// Disks that are unplugged while a container has them, and come back; and the disks that get their numbers meanwhile.
@Suite(.serialized, .exclusive(.scsiUnits)) struct HotplugTests {
    private static let links = "/dev/scsi/host0/bus0/target0/lun0"

    /// A container that has a disk as `0:0:0:0`, and the number of its sg node.
    private func attached(_ disk: Disk, _ name: String) throws -> (RuncContainer, number: String) {
        let container = try RuncContainer(name)
        let attach = try Program.run("attach", container.reference, "--scsi", "\(disk.generic)@0:0:0:0")
        #expect(attach.status == 0, "\(attach)")
        let number = try sh("cat /sys/class/scsi_generic/\(disk.generic)/dev").replacing("\n", with: "")
        return (container, number.replacing(":", with: " "))
    }

    /// What a container gets at a disk's address, and by a node of its own of a number: vendors, or an error each.
    private func reaches(_ container: RuncContainer, _ number: String) throws -> Bool {
        try container.run([
            "sh", "-c", "sg_inq \(Self.links)/generic || { rm -f /tmp/n; mknod /tmp/n c \(number) && sg_inq /tmp/n; }",
        ]).status == 0
    }

    private func wwid(_ container: RuncContainer) throws -> String {
        try container.sh("sg_inq --page=0x80 \(Self.links)/generic | grep -o 'serial number: .*'")
    }

    @Test func theWatcherFollowsADisk() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let (container, number) = try attached(disk, "w1")
            let serial = try wwid(container)
            let watch = try Program.start("watch")
            try until("grep -q watching /proc/\(watch.id)/fd/2")
            try disk.unplug()
            try until("\(Program.path) list | grep -q ' away '")
            #expect(try container.sh("ls /dev | grep -E '^(sg|scsi)' || true") == "")

            let other = try Disk()
            #expect(other.generic == disk.generic, "the number is used again")
            #expect(try !reaches(container, number))
            let away = try Program.run("check")
            #expect(away.status == 2)
            #expect(away.output.contains("\(disk.generic): device is away, not \(disk.wwid)"), "\(away)")

            try disk.plugIn()
            try until("\(Program.path) list | grep -q ' attached '")
            #expect(try wwid(container) == serial)
            #expect(try container.sh("readlink \(Self.links)/generic") != "../../../../../\(disk.generic)\n")
            #expect(try Program.run("check").status == 0)
            // The other disk is still nobody's.
            try container.sh("rm -f /tmp/n; mknod /tmp/n c \(number)")
            #expect(try container.run(["sg_inq", "/tmp/n"]).status != 0)

            try sh("kill -TERM \(watch.id)")
            let result = try watch.wait()
            #expect(result.status == 0)
            #expect(result.output.contains("detached \(disk.generic) from"), "\(result)")
            #expect(result.output.contains("attached sg"), "\(result)")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try container.sh("ls /dev | grep -E '^(sg|scsi)' || true") == "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Nobody watched while it went, and came back.
    @Test func aWatcherThatComesLater() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let (container, number) = try attached(disk, "w2")
            try disk.unplug()
            _ = try Disk()
            let replaced = try Program.run("check")
            #expect(replaced.status == 2)
            #expect(replaced.output.contains("\(disk.generic): unit is "), "\(replaced)")
            let watch = try Program.start("watch")
            try until("\(Program.path) list | grep -q ' away '")
            #expect(try !reaches(container, number))
            try sh("kill -TERM \(watch.id)")
            _ = try watch.wait()

            try disk.plugIn()
            let back = try Program.run("check")
            #expect(back.output.contains("device is back as sg"), "\(back)")
            #expect(try Program.run("recover").output.contains("attached sg"))
            #expect(try container.run(["sg_inq", "\(Self.links)/generic"]).status == 0)
            #expect(try Program.run("recover").output == "")
            #expect(try Program.run("detach", container.reference, "--scsi", disk.wwid).status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Without a watcher: detach takes away what leads to the other disk, and so does to attach the other one.
    @Test func replacedWithoutAWatcher() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let (container, number) = try attached(disk, "w3")
            try disk.unplug()
            let other = try Disk()
            #expect(other.generic == disk.generic, "the number is used again")
            let second = try RuncContainer("w4")
            let attach = try Program.run("attach", second.reference, "--scsi", other.generic)
            #expect(attach.status == 0, "\(attach)")
            #expect(try !reaches(container, number))
            #expect(try Program.run("list", container.reference).output.contains(" away "))
            // In the container that had the first one, too.
            #expect(try Program.run("detach", second.reference, "--all").status == 0)
            #expect(try Program.run("attach", container.reference, "--scsi", other.generic).status == 0)
            #expect(try container.run(["sg_inq", "/dev/\(other.generic)"]).status == 0)
            #expect(try Program.run("detach", container.reference, "--scsi", disk.wwid).status == 0)
            #expect(try container.run(["sg_inq", "/dev/\(other.generic)"]).status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try !reaches(container, number))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func detachedWhileItIsReplaced() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let (container, number) = try attached(disk, "w5")
            try disk.unplug()
            _ = try Disk()
            let detach = try Program.run("detach", container.reference, "--scsi", disk.generic)
            #expect(detach.status == 0, "\(detach)")
            #expect(try !reaches(container, number))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// Killed while it follows a disk away, and back, at some of the steps, since each costs seconds here: the next one
    /// brings it about.
    @Test func killed() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let (container, number) = try attached(disk, "w6")
            var kills = 0
            for (verb, state) in [("unplug", "away"), ("plugIn", "attached")] {
                for step in stride(from: 5, to: 100, by: 12) {
                    if verb == "unplug" { try disk.unplug() } else { try disk.plugIn() }
                    let killed = try Program.run("recover", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                    let list = try Program.run("list").output
                    #expect(list.contains(" attached ") || list.contains(" away "), "\(list)")
                    let again = try Program.run("recover")
                    #expect(again.status == 0, "after step \(step) of \(verb): \(again)")
                    #expect(try Program.run("list").output.contains(" \(state) "), "after step \(step) of \(verb)")
                    #expect(
                        try container.look("ls -A /dev | grep -cE 'sg|scsi|hostdev' || true")
                            == (state == "away" ? "0\n" : "2\n"))
                    // The rule goes and comes with it.
                    #expect(try reaches(container, number) == (state == "attached"), "after step \(step) of \(verb)")
                    if verb == "unplug" { try disk.plugIn() } else { try disk.unplug() }
                    #expect(try Program.run("recover").status == 0)
                    if killed.status != 128 + 9 { break }
                    kills += 1
                }
                // For the second half it begins away.
                if verb == "unplug" { try disk.unplug() }
                #expect(try Program.run("recover").status == 0)
            }
            #expect(kills >= 2)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// A partition of a disk comes back under another name, and the container finds it where it was.
    @Test func aPartition() throws {
        try onThrowawayHost {
            let disk = try Disk()
            try sh(
                """
                printf ',2MiB\\n,2MiB\\n' | sfdisk -q /dev/\(disk.disc)
                until [ -b /dev/\(disk.disc)2 ]; do sleep 0.05; done
                """)
            let container = try RuncContainer("w7")
            let document =
                "<hostdev mode='capability' type='storage'><source dev='/dev/\(disk.disc)2'/><target dev='/dev/data'/></hostdev>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            try disk.unplug()
            #expect(try Program.run("recover").output.contains("until it is back"))
            _ = try Disk()
            try disk.plugIn()
            try until("\(Program.path) recover && \(Program.path) list | grep -q ' attached '")
            #expect(try container.run(["blockdev", "--getsize64", "/dev/data"]).output == "2097152\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }
}
