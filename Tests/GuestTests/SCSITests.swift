import FoundationEssentials
import TestHost
import Testing

/// A real SCSI disk and a real container with runc's device filter.
@Suite(.serialized, .exclusive(.scsiUnits)) struct SCSITests {
    /// Asks a node for what it is, from inside. The exit status says whether it answered.
    private func inquire(_ path: String, in container: RuncContainer) throws -> CommandResult {
        try container.run(["sg_inq", path])
    }

    @Test func deniedBeforeAnswersInsideDeniedAfter() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("a")
            // A node of its own does not help the container: the filter denies it.
            let number = try sh("cat /sys/class/scsi_generic/\(disk.generic)/dev").split(whereSeparator: {
                ":\n".contains($0)
            })
            try container.sh("mknod /tmp/mine c \(number[0]) \(number[1])")
            #expect(try inquire("/tmp/mine", in: container).errors.contains("Operation not permitted"))

            let attach = try Program.run("attach", container.reference, "--scsi", "\(disk.generic)@0:0:0:0")
            #expect(attach.status == 0, "\(attach)")
            let answer = try inquire("/dev/\(disk.generic)", in: container)
            #expect(answer.status == 0, "\(answer)")
            #expect(answer.output.contains("scsi_debug"))
            #expect(try inquire("/dev/scsi/host0/bus0/target0/lun0/generic", in: container).status == 0)
            let list = try Program.run("list", "--format", "json").output
            for part in [
                #""type":"scsi""#, #""address":"\#(disk.address)""#, #""wwid":"\#(disk.wwid)""#, #""access":"rw""#,
                #""path":"/dev/\#(disk.generic)""#, #""major":21"#,
            ] { #expect(list.contains(part), "\(part) in \(list)") }

            #expect(try Program.run("detach", container.reference, "--scsi", disk.generic).status == 0)
            #expect(
                try container.sh("ls /dev/scsi /dev/\(disk.generic) 2>&1 || true").contains("cannot access '/dev/scsi'")
            )
            #expect(try inquire("/tmp/mine", in: container).errors.contains("Operation not permitted"))
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    @Test func namedInEveryWay() throws {
        try onThrowawayHost {
            let disk = try Disk()
            try sh("ln -sf /dev/\(disk.disc) /run/by-id")
            let container = try RuncContainer("b")
            for source in [
                "name='\(disk.generic)'", "name='\(disk.disc)'", "name='/dev/\(disk.generic)'", "name='/run/by-id'",
                "wwid='\(disk.wwid)'", "address='\(disk.address)'",
            ] {
                let document = "<hostdev mode='capability' type='scsi'><source \(source)/></hostdev>"
                let attach = try Program.run("attach", container.reference, "-", input: document)
                #expect(attach.status == 0, "\(source): \(attach)")
                #expect(try inquire("/dev/\(disk.generic)", in: container).status == 0, "\(source)")
                let detach = try Program.run("detach", container.reference, "-", input: document)
                #expect(detach.status == 0, "\(source): \(detach)")
            }
        }
    }

    @Test func severalNodesWithOwnersAndLinks() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("c")
            let document = """
                <hostdev mode='capability' type='scsi'>
                  <source name='\(disk.generic)'/><target address='1:2:3:4' nodes='generic disc'/>
                  <permissions mode='0640' uid='7' gid='8'/>
                </hostdev>
                """
            let attach = try Program.run("attach", container.reference, "-", input: document)
            #expect(attach.status == 0, "\(attach)")
            let nodes = try container.sh("cd /dev/scsi/host1/bus2/target3/lun4; stat -Lc '%n %a %u %g %F' *")
            #expect(nodes == "disc 640 7 8 block special file\ngeneric 640 7 8 character special file\n")
            #expect(try container.run(["blockdev", "--getsize64", "/dev/\(disk.disc)"]).status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try container.sh("ls /dev | grep -E '^(sg|sd|scsi)' || true") == "")
        }
    }

    /// A unit that goes away, and another one that gets its number; a node that is taken away; a rule that is revoked.
    @Test func checkNamesDrift() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("i")
            #expect(try Program.run("attach", container.reference, "--scsi", disk.generic).status == 0)
            let before = try Program.run("check")
            #expect(before.status == 0, "\(before)")
            try container.sh("rm /dev/\(disk.generic)")
            let gone = try Program.run("check")
            #expect(gone.status == 2)
            #expect(gone.output.contains("node is gone"), "\(gone)")
            try disk.unplug()
            let unplugged = try Program.run("check")
            #expect(unplugged.output.contains("unit is no such device"), "\(unplugged)")
            let other = try Disk()
            #expect(other.generic == disk.generic, "the number is used again")
            let replaced = try Program.run("check")
            #expect(replaced.output.contains("unit is \(other.wwid)"), "\(replaced)")
        }
    }

    /// Two units share the folders of their links: the last one takes them along.
    @Test func twoUnitsShareFolders() throws {
        try onThrowawayHost {
            let disks = [try Disk(), try Disk()]
            let container = try TestContainer()
            let before = try container.sh("find /dev | sort")
            for (lun, disk) in disks.enumerated() {
                let attach = try Program.run("attach", container.reference, "--scsi", "\(disk.generic)@0:0:0:\(lun)")
                #expect(attach.status == 0, "\(attach)")
            }
            #expect(try Program.run("detach", container.reference, "--scsi", disks[0].generic).status == 0)
            #expect(try container.run(["sg_inq", "/dev/scsi/host0/bus0/target0/lun1/generic"]).status == 0)
            #expect(try Program.run("detach", container.reference, "--scsi", disks[1].generic).status == 0)
            #expect(try container.sh("find /dev | sort") == before)
        }
    }

    /// Rule `r` and no write mode: the kernel's own filter of commands applies.
    @Test func readOnly() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("d")
            let document =
                "<hostdev mode='capability' type='scsi'><source name='\(disk.generic)'/><readonly/></hostdev>"
            #expect(try Program.run("attach", container.reference, "-", input: document).status == 0)
            let path = "/dev/\(disk.generic)"
            #expect(try container.run(["sg_inq", path]).status == 0)
            #expect(try container.sh("stat -c %a \(path)").contains(/^4[04][04]\n$/))
            // To open it for writing is refused, by the rule, also to root.
            let writing = try container.run(["sh", "-c", "exec 3<> \(path)"])
            #expect(writing.errors.contains("Operation not permitted"), "\(writing)")
            #expect(try Program.run("list", "--format", "json").output.contains(#""access":"r""#))
        }
    }

    @Test func oneContainerAtATimeUnlessShared() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let first = try RuncContainer("e")
            let second = try RuncContainer("f")
            #expect(try Program.run("attach", first.reference, "--scsi", disk.generic).status == 0)
            let refused = try Program.run("attach", second.reference, "--scsi", disk.disc, "--format", "json")
            #expect(refused.status == 75, "\(refused)")
            #expect(try decode(ErrorDocument.self, refused).error.code == "in-use")
            #expect(try inquire("/dev/\(disk.generic)", in: second).status != 0)
            #expect(try Program.run("detach", first.reference, "--all").status == 0)

            let shared = "<hostdev mode='capability' type='scsi'><source name='\(disk.generic)'/><shareable/></hostdev>"
            for container in [first, second] {
                #expect(try Program.run("attach", container.reference, "-", input: shared).status == 0)
                #expect(try inquire("/dev/\(disk.generic)", in: container).status == 0)
            }
            // One loses it, the other keeps it.
            #expect(try Program.run("detach", first.reference, "--all").status == 0)
            #expect(try inquire("/dev/\(disk.generic)", in: second).status == 0)
        }
    }

    @Test(arguments: [
        // A link to a folder that the host has too.
        "umount -l /dev; rm -rf /dev; ln -s /run/victim /dev",
        // The node's name as a link to a file that the host has too.
        "rm -f /dev/NODE; ln -s /run/victim/file /dev/NODE",
        // A link out through proc.
        "umount -l /dev; rm -rf /dev; ln -s /proc/1/root/../../run/victim /dev",
        // A file in place of the node.
        "echo mine > /dev/NODE",
        // Another device in place of the node.
        "mknod /dev/NODE c 1 5",
    ])
    func aHostileDevFolder(attack: String) throws {
        try onThrowawayHost {
            try sh("mkdir -p /run/victim; echo victim > /run/victim/file; chmod 600 /run/victim/file")
            let disk = try Disk()
            let container = try TestContainer()
            try container.sh(attack.replacing("NODE", with: disk.generic))
            let outside = "ls -lnR --time-style=full-iso /run/victim; ls -ln --time-style=full-iso /dev | grep -v ptmx"
            let inside = "ls -ln --time-style=full-iso /dev/; cat /dev/\(disk.generic) | head -c1 | wc -c"
            let before = (try sh(outside), try container.run(["sh", "-c", inside]).output)
            let result = try Program.run("attach", container.reference, "--scsi", disk.generic)
            #expect(result.status == 1, "\(result)")
            #expect(try sh(outside) == before.0)
            #expect(try container.run(["sh", "-c", inside]).output == before.1)
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// No node can be made in a user namespace from outside: it is mounted there, with an owner of the container's.
    @Test func inAUserNamespace() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try TestContainer(.init(userNamespace: true))
            let before = try container.sh("find /dev | sort; grep -c /dev /proc/self/mounts")
            let document = """
                <hostdev mode='capability' type='scsi'>
                  <source name='\(disk.generic)'/><target address='0:0:0:0'/><permissions mode='0640' uid='7' gid='8'/>
                </hostdev>
                """
            let attach = try Program.run("attach", container.reference, "-", input: document)
            #expect(attach.status == 0, "\(attach)")
            let answer = try container.run(["sg_inq", "/dev/scsi/host0/bus0/target0/lun0/generic"])
            #expect(answer.output.contains("scsi_debug"), "\(answer)")
            #expect(try container.sh("stat -c '%a %u %g' /dev/\(disk.generic)") == "640 7 8\n")
            #expect(try sh("stat -c '%u %g' /dev/\(disk.generic)") == "0 0\n")
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
            #expect(try container.sh("find /dev | sort; grep -c /dev /proc/self/mounts") == before)
        }
    }

    @Test func anIdThatTheContainerDoesNotHave() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try TestContainer(.init(userNamespace: true))
            let result = try Program.run(
                "attach", container.reference, "-",
                input:
                    "<hostdev mode='capability' type='scsi'><source name='\(disk.generic)'/><permissions uid='70000'/></hostdev>"
            )
            #expect(result.status == 65, "\(result)")
            #expect(result.errors.contains("no user 70000"))
        }
    }

    /// The watcher takes a dead container's rules away, and its disk is another one's to have.
    @Test func aDeadContainersDiskIsFree() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let first = try RuncContainer("i")
            let second = try RuncContainer("j")
            #expect(try Program.run("attach", first.reference, "--scsi", disk.generic, watched: true).status == 0)
            #expect(try Program.run("attach", second.reference, "--scsi", disk.generic).status == 75)
            first.end()
            try until("[ -z \"$(find /run/hostdev -type f)\" ]")
            let attach = try Program.run("attach", second.reference, "--scsi", disk.generic)
            #expect(attach.status == 0, "\(attach)")
            #expect(try inquire("/dev/\(disk.generic)", in: second).status == 0)
            #expect(try Program.run("detach", second.reference, "--all").status == 0)
        }
    }

    @Test func aDiskThatComesLater() throws {
        try onThrowawayHost {
            let disk = try Disk()
            try disk.unplug()
            try until("! [ -e /sys/class/scsi_generic/\(disk.generic) ]")
            let container = try RuncContainer("k")
            let attach = try Program.start("attach", container.reference, "--wait=3000", "--scsi", disk.generic)
            try until("grep -q poll /proc/\(attach.id)/stack")
            #expect(try Disk().generic == disk.generic, "the kernel gives the first free number")
            let result = try attach.wait()
            #expect(result.status == 0, "\(result)")
            #expect(try inquire("/dev/\(disk.generic)", in: container).status == 0)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }

    @Test func attachKilledAtEachStep() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("g")
            let before = try container.look("find /dev | sort")
            var kills = 0
            for step in 1... {
                let result = try Program.run(
                    "attach", container.reference, "--scsi", "\(disk.generic)@0:0:0:0",
                    environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                let committed = try Program.run("list").output.contains("attached")
                #expect(try Program.run("recover").status == 0)
                if committed {
                    #expect(try inquire("/dev/\(disk.generic)", in: container).status == 0)
                    #expect(try Program.run("detach", container.reference, "--all").status == 0)
                }
                #expect(try container.look("find /dev | sort") == before, "after step \(step)")
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
            }
            #expect(kills >= 8)
            #expect(try Program.run("detach", container.reference, "--all").status == 0)
        }
    }

    @Test func detachKilledAtEachStep() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let container = try RuncContainer("h")
            let before = try container.look("find /dev | sort")
            var kills = 0
            for step in 1... {
                let attach = try Program.run("attach", container.reference, "--scsi", "\(disk.generic)@0:0:0:0")
                #expect(attach.status == 0, "\(attach)")
                let result = try Program.run(
                    "detach", container.reference, "--all", environment: ["HOSTDEV_KILL_AT": "\(step)"])
                if result.status == 0 { break }
                try #require(result.status == 128 + 9, "\(result)")
                kills += 1
                #expect(try Program.run("recover").status == 0)
                // Killed before anything was to change, it is attached as before.
                #expect(try Program.run("detach", container.reference, "--all", "--if-attached").status == 0)
                #expect(try container.look("find /dev | sort") == before, "after step \(step)")
                #expect(try sh("find /run/hostdev -type f") == "", "after step \(step)")
            }
            #expect(kills >= 4)
        }
    }
}
