/// The root directory of a container: busybox, and nothing else. It is on the throw-away host's `/run`, and goes with that.
struct BusyboxRoot {
    let path: String

    init(_ name: String, owner: Int) throws {
        path = "/run/hostdev-roots/\(name)"
        try sh(
            """
            mkdir -p \(path) && cd \(path)
            mkdir -p bin sbin etc proc sys dev run tmp var root usr/bin usr/lib
            cp "$(command -v busybox)" bin/busybox
            for name in cat chmod dd echo head id ip ln ls mkdir mknod rm sh sleep stat test touch true; do
                ln -s busybox bin/$name
            done
            echo 'root:x:0:0:root:/root:/bin/sh' > etc/passwd
            echo 'root:x:0:' > etc/group
            echo 'ID=busybox' > usr/lib/os-release
            chown -R \(owner):\(owner) .
            """)
    }
}
