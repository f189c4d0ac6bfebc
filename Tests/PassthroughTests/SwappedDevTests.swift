import Containers
import HostdevModel
import LinuxSystem
import SystemPackage
import TestHost
import Testing

@testable import DeviceAccess
@testable import Passthrough

@Suite struct SwappedDevTests {
    /// How often. HOSTDEV_SWAPS=100 takes a tenth of the time.
    private static let rounds = (try? inheritedVariable("HOSTDEV_SWAPS")).flatMap { Int($0) } ?? 1_000

    private func device(_ source: String) throws -> Hostdev {
        Hostdev(.misc(DeviceFile(source: try DevicePath(source), target: try DevicePath("/dev/swapped"))))
    }

    /// A thousand times while the container swaps its `/dev` for links to the host's: each attach succeeds or fails, and
    /// nothing outside of its root changes.
    @Test func nothingOutsideChanges() throws {
        try onThrowawayHost {
            try sh("mkdir /run/victim; echo victim > /run/victim/file")
            let outside = {
                try sh("ls -lnRA --time-style=full-iso /run/victim; ls -a /dev | grep -E 'swapped|hostdev' || true")
            }
            let before = try outside()
            let zero = try device("/dev/zero")
            let container = try TestContainer()
            try container.sh("umount -l /dev; rm -rf /dev; mkdir /dev")
            try container.sh(
                """
                cat > /tmp/swap <<'END'
                $| = 1; print "swapping";
                for (my $i = 0; ; $i++) {
                    rename "/dev", "/real";
                    symlink $i % 2 ? "/dev" : "/run/victim", "/dev";
                    unlink "/dev";
                    rename "/real", "/dev";
                }
                END
                """)
            let swapper = try RunningCommand(["nsenter", "--target", "\(container.id)", "--all", "perl", "/tmp/swap"])
            for _ in 0..<12_000 where !swapper.outputSoFar.contains("swapping") { try sh("sleep 0.01") }
            let reference = try ContainerReference(container.reference)
            let backend = Backend(state: StateDirectory("/run/hostdev"))
            var (attached, refused) = (0, 0)
            for _ in 0..<Self.rounds {
                do throws(PassthroughError) {
                    _ = try backend.attach([zero], to: reference)
                    attached += 1
                } catch {
                    refused += 1
                }
                _ = try? backend.detach([.all], from: reference, ifAttached: true)
            }
            #expect(try outside() == before)
            #expect(attached > 0 && refused > 0, "\(attached) attached, \(refused) refused")
            #expect(try !sh("cat /proc/\(swapper.id)/stat").contains(") Z "))

            // When it ends, all is as ever.
            try container.sh("pkill perl")
            _ = try swapper.wait()
            try container.sh(
                "[ -d /real ] && rm -rf /dev && mv /real /dev; rm -f /dev/swapped /dev/.hostdev-*; ls -a /dev")
            _ = try? backend.recover()
            _ = try backend.detach([.all], from: reference, ifAttached: true)
            _ = try backend.attach([zero], to: reference)
            #expect(try container.sh("stat -c %t:%T /dev/swapped") == "1:5\n")
            _ = try backend.detach([.all], from: reference)
            #expect(try container.sh("ls -A /dev") == "")
            #expect(try sh("find /run/hostdev -type f") == "")
        }
    }

    /// `check` names a rule that somebody has taken away.
    @Test func aMissingRule() throws {
        try onThrowawayHost {
            // One that runc gives no container.
            try sh("mknod /run/loop-control c 10 237")
            let container = try RuncContainer("norule")
            let reference = try ContainerReference(container.reference)
            let backend = Backend(state: StateDirectory("/run/hostdev"))
            _ = try backend.attach([try device("/run/loop-control")], to: reference)
            #expect(try backend.check() == [])
            let nodes = try #require(try backend.journal.records().first?.change as? NodesChange)
            #expect(!nodes.rules.isEmpty)
            for rule in nodes.rules { try backend.rules(for: reference).revoke(rule) }
            let drift = try backend.check()
            #expect(drift.map(\.what) == ["rule"])
            #expect(drift.map(\.expected) == ["c 10:237 rw"])
            #expect(drift.map(\.found) == ["denied"])
            _ = try backend.detach([.all], from: reference)
        }
    }
}
