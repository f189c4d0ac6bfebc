import Glibc
import SystemPackage
import TestHost
import Testing

@testable import LinuxSystem

@Suite struct ControlGroupTests {
    private static let hybrid = """
        30 24 0:25 / /sys/fs/cgroup rw - tmpfs tmpfs rw
        31 30 0:26 / /sys/fs/cgroup/devices rw,relatime shared:9 - cgroup cgroup rw,devices
        32 30 0:27 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
        """
    private static let unified = "32 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw"

    @Test(
        arguments: [
            // Both hierarchies of a hybrid host.
            (
                hybrid, "5:devices:/lxc/web\n0::/lxc/web\n", "/sys/fs/cgroup/devices/lxc/web",
                "/sys/fs/cgroup/unified/lxc/web"
            ),
            // Controllers that are mounted together.
            (hybrid, "5:cpu,devices:/a\n", "/sys/fs/cgroup/devices/a", nil),
            // Only version 2 is mounted, though the kernel lists version 1 too.
            (unified, "5:devices:/\n0::/machine.slice/web\n", nil, "/sys/fs/cgroup/machine.slice/web"),
            // A mount that shows a part of the hierarchy.
            ("32 30 0:27 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/outer/web\n", nil, "/sys/fs/cgroup/web"),
            // Of two mounts on one path only the later is to be seen, whichever line comes first.
            (
                "32 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
                    + "40 32 0:27 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/outer/web\n", nil,
                "/sys/fs/cgroup/web"
            ),
            (
                "40 32 0:27 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n"
                    + "32 30 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/outer/web\n", nil,
                "/sys/fs/cgroup/web"
            ),
            // What something else is mounted over, or over a directory above, is not there.
            (
                hybrid + "\n50 31 0:50 / /sys/fs/cgroup/devices rw - tmpfs tmpfs rw", "5:devices:/a\n0::/a\n", nil,
                "/sys/fs/cgroup/unified/a"
            ),
            (
                hybrid + "\n50 30 0:50 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "5:devices:/a\n0::/a\n", nil,
                "/sys/fs/cgroup/a"
            ),
            // But it is where it is mounted besides.
            (
                "24 24 0:1 / / rw - rootfs rootfs rw\n" + hybrid + "\n50 30 0:50 / /sys/fs/cgroup rw - tmpfs tmpfs rw"
                    + "\n51 24 0:26 / /mnt rw - cgroup cgroup rw,devices",
                "5:devices:/a\n0::/a\n", "/mnt/a", nil
            ),
            // A group that the mount does not show.
            ("32 30 0:27 /outer /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/other\n", nil, nil),
            // A source that is empty, any number of optional fields, and more fields than there are today.
            ("32 30 0:27 / /sys/fs/cgroup rw - cgroup2  rw", "0::/a\n", nil, "/sys/fs/cgroup/a"),
            (
                "32 30 0:27 / /sys/fs/cgroup rw shared:1 master:2 propagate_from:3 unbindable - cgroup2 none rw x",
                "0::/a\n", nil, "/sys/fs/cgroup/a"
            ),
            // What is escaped: blank, tab, end of line, backslash; and what only looks so.
            (
                #"32 30 0:27 /a\040b\134 /mnt/c\040\011\012g\134\400\04 rw - cgroup2 cgroup2 rw"#, "0::/a b\\/web\n",
                nil,
                "/mnt/c \t\ng\\\\400\\04/web"
            ),
            // Two forms of é are two names.
            ("32 30 0:27 /\u{e9} /mnt rw - cgroup2 cgroup2 rw", "0::/e\u{301}/web\n", nil, nil),
            // Lines that end early, or are none.
            (
                "32 30 0:27 / /a rw\n33 30 0:27 / /b rw -\n34 30 0:27 / /c rw - cgroup2\n35 30 0:27 / /d rw - cgroup2 x\n"
                    + "y 30 0:27 / /e rw - cgroup2 x rw\n-\n \n32 30 0:27 / /f rw - cgroup2 x rw", "0::/a\n", nil,
                "/f/a"
            ),
            // Numbers that were given again while the file was read, so that a mount is below itself.
            (
                "1 0 0:1 / / rw - tmpfs x rw\n2 1 0:1 / / rw - tmpfs x rw\n1 2 0:1 / / rw - tmpfs x rw\n"
                    + "3 1 0:27 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw", "0::/a\n", nil, nil
            ),
            // A name with a colon.
            (unified, "0::/a:b\n", nil, "/sys/fs/cgroup/a:b"),
        ] as [(String, String, String?, String?)])
    func findsTheGroups(mounts: String, membership: String, v1: String?, v2: String?) {
        let groups = DeviceControlGroups(membership: membership, mounts: MountTable(Array(mounts.utf8)))
        #expect(groups.v1?.directory.string == v1)
        #expect(groups.v2?.directory.string == v2)
    }

    /// Whoever mounts chooses the path and the source.
    @Test(arguments: ["/run/plain", "/run/a b", "/run/a\tb\n\\040", "/run/é"])
    func findsWhatTheKernelShows(path: String) throws {
        try onThrowawayHost {
            guard unsafe mkdir(path, 0o755) == 0, unsafe mount("", path, "cgroup2", 0, nil) == 0 else {
                throw SystemError(.ioError, "mount", path)
            }
            let table = try MountTable.current()
            let mount = try #require(table.mounts.last { $0.point == FilePath(path) })
            #expect(mount.type == "cgroup2" && table.isVisible(mount))
        }
    }

    @Test func knowsTheTop() {
        let groups = DeviceControlGroups(membership: "5:devices:/\n0::/\n", mounts: MountTable(Array(Self.hybrid.utf8)))
        #expect(groups.v1?.isRoot == true)
        #expect(groups.v2?.isRoot == true)
        #expect(groups.v2?.directory == "/sys/fs/cgroup/unified")
    }
}
