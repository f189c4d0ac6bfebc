internal import SystemPackage

/// OpenVZ's files on a throw-away host: `/etc/vz` and `/var/lib/vzctl`, on top of the machine's own `/etc` and `/var/lib`.
public enum OpenVZHost {
    /// Where vzctl's locks are, as `vz.conf` says.
    public static let locks = "/var/lib/vz/lock"

    /// Makes them, with a `vz.conf` in the shape of Debian's.
    public static func make() throws {
        try sh(
            """
            # What a test writes there goes with its mount namespace.
            cp -a /etc /run/etc
            mount --bind /run/etc /etc
            mount -t tmpfs tmpfs /var/lib
            mkdir -p /etc/vz/conf /etc/vz/names \(locks) /var/lib/vzctl/vepid /var/lib/vz/private
            cat > /etc/vz/vz.conf <<'END'
            ## Global parameters
            VIRTUOZZO=yes
            LOCKDIR=\(locks)
            VE_ROOT=/var/lib/vz/root/$VEID
            VE_PRIVATE=/var/lib/vz/private/$VEID
            END
            """)
    }

    /// Writes a container's conf, byte for byte.
    public static func configure(_ id: Int, _ conf: String) throws {
        let result = try run(["sh", "-c", "cat > /etc/vz/conf/\(id).conf"], input: conf)
        guard result.status == 0 else { throw CommandFailed(result: result) }
    }

    /// A container's conf as it is now.
    public static func conf(_ id: Int) throws -> String { try sh("cat /etc/vz/conf/\(id).conf") }

    /// Puts the fake of vzctl on PATH, which says itself what it stands for.
    public static func installFakeVZCtl() throws {
        let script = FilePath(#filePath).removingLastComponent().appending("fake-vzctl")
        try sh("mount -t tmpfs tmpfs /usr/local/sbin; install -m 755 \(script) /usr/local/sbin/vzctl")
    }

    /// What the fake is to do beside what vzctl does.
    public static func tellFakeVZCtl(_ mode: String) throws { try sh("echo '\(mode)' > /run/fake-vzctl") }

    /// How it was called.
    public static func fakeVZCtlRuns() throws -> String { try sh("cat /run/fake-vzctl.log 2> /dev/null || true") }
}
