import TestHost
import Testing

/// A tape drive and a medium changer of the kernel's scsi_debug driver, with all of their nodes.
@Suite(.serialized, .exclusive(.scsiUnits)) struct TapeTests {
    private static let folder = "/dev/scsi/host0/bus0/target0/lun0"

    /// Adds a unit of a type to the guest, where all are of that type until it goes: the name of its sg node.
    private func unit(type: Int, driver: String, place: String) throws -> String {
        try sh(
            """
            modprobe sg; modprobe \(driver)
            modprobe scsi_debug add_host=0 num_tgts=1 max_luns=1
            before=$(ls /sys/class/scsi_generic)
            debug=/sys/bus/pseudo/drivers/scsi_debug
            echo \(type) > $debug/ptype; echo 1 > $debug/add_host
            until new=$(ls /sys/class/scsi_generic | grep -vxF "$before") && ls /sys/class/scsi_generic/$new/device/\(place) > /dev/null 2>&1
            do sleep 0.1; done
            printf %s $new
            """)
    }

    private func remove(_ generic: String) throws {
        try sh(
            "echo 0 > /sys/bus/pseudo/drivers/scsi_debug/ptype; echo 1 > /sys/class/scsi_generic/\(generic)/device/delete"
        )
    }

    private func document(_ generic: String, _ nodes: String, _ more: String = "") -> String {
        """
        <hostdev mode='capability' type='scsi'>
          <source name='\(generic)'/><target address='0:0:0:0' nodes='\(nodes)'/>\(more)
        </hostdev>
        """
    }

    /// Attaches, runs a body in a container with runc's device filter or in a user namespace, and detaches.
    private func attached(
        _ document: String, userNamespace: Bool, _ body: (_ run: ([String]) throws -> CommandResult) throws -> Void
    ) throws {
        let plain = userNamespace ? nil : try RuncContainer("tape")
        let mapped = userNamespace ? try TestContainer(.init(userNamespace: true)) : nil
        let reference = plain?.reference ?? mapped?.reference ?? ""
        let attach = try Program.run("attach", reference, "-", input: document)
        #expect(attach.status == 0, "\(attach)")
        try body { command in
            if let plain {
                try plain.run(command)
            } else {
                try run(["nsenter", "-t", "\(mapped?.id ?? 0)", "-a"] + command)
            }
        }
        #expect(try Program.run("check").status == 0)
        #expect(try Program.run("detach", reference, "--all").status == 0)
        #expect(try sh("find /run/hostdev -type f") == "")
    }

    @Test(arguments: [false, true])
    func aTapeWithItsNineNodes(userNamespace: Bool) throws {
        try onThrowawayHost {
            let generic = try unit(type: 1, driver: "st", place: "scsi_tape/nst*a")
            defer { try? remove(generic) }
            try attached(document(generic, "generic mt"), userNamespace: userNamespace) { run in
                let links = try run(["ls", Self.folder])
                #expect(links.output == "generic\nmt\nmta\nmtl\nmtm\nmtn\nmtna\nmtnl\nmtnm\n", "\(links)")
                // The driver has no settings yet for the other densities, and says so: what is no node of its own, or has no
                // rule, says something else.
                let answers = try run([
                    "sh", "-c",
                    """
                    cd \(Self.folder)
                    for name in mt mtn; do mt -f $name status | grep -c 'SCSI 2 tape drive'; done
                    for name in mt[alm] mtn[alm]; do mt -f $name status 2>&1 | grep -c 'No such device or address'; done
                    """,
                ])
                #expect(answers.output == String(repeating: "1\n", count: 8), "\(answers)")
                #expect(try run(["sg_inq", "\(Self.folder)/generic"]).output.contains("PDT=1"))
            }
        }
    }

    @Test(arguments: [false, true])
    func aChanger(userNamespace: Bool) throws {
        try onThrowawayHost {
            let generic = try unit(type: 8, driver: "ch", place: "scsi_changer")
            defer { try? remove(generic) }
            try attached(document(generic, "generic changer"), userNamespace: userNamespace) { run in
                // The driver of the test's changer knows no elements, so its status cannot be asked for.
                let inquiry = try run(["mtx", "-f", "\(Self.folder)/generic", "inquiry"])
                #expect(inquiry.output.contains("Product ID: 'scsi_debug"), "\(inquiry)")
                #expect(try run(["sh", "-c", "exec 3<\(Self.folder)/changer"]).status == 0)
            }
        }
    }

    /// FORMAT UNIT through a node that cannot be opened for writing: the kernel refuses it to all but CAP_SYS_RAWIO of the
    /// host, which a user namespace does not have.
    @Test func formatNeedsWriting() throws {
        try onThrowawayHost {
            let disk = try Disk()
            let format = ["\(Self.folder)/generic", "04", "00", "00", "00", "00", "00"]
            try attached(document(disk.generic, "generic", "<readonly/>"), userNamespace: true) { run in
                let refused = try run(["sg_raw", "-R"] + format)
                #expect(refused.errors.contains("Operation not permitted"), "\(refused)")
                #expect(try run(["sg_inq", "\(Self.folder)/generic"]).status == 0)
            }
            try attached(document(disk.generic, "generic"), userNamespace: true) { run in
                let accepted = try run(["sg_raw"] + format)
                // The kernel passes it on: it is the test's disk that does not know it.
                #expect(accepted.errors.contains("Additional sense: Invalid command operation code"), "\(accepted)")
            }
        }
    }
}
