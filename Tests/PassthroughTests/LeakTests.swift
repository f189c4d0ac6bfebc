import Containers
import HostdevModel
import LinuxSystem
import Passthrough
import SystemPackage
import TestHost
import Testing

@Suite struct LeakTests {
    /// A thousand times in one process: no descriptor, no file and no mount is left.
    @Test func nothingIsLeftBehind() throws {
        try onThrowawayHost {
            try sh("ip link add eth0 type veth peer name peer")
            let container = try TestContainer()
            let reference = try ContainerReference(container.reference)
            let backend = Backend(state: StateDirectory("/run/hostdev"))
            let hostdev = Hostdev(.net(NetDevice(source: .name(try InterfaceName("eth0")))))
            // The first run opens what stays open.
            _ = try backend.attach([hostdev], to: reference)
            _ = try backend.detach([.all], from: reference)
            // Others of this process may open and close theirs meanwhile: only those of this kind count.
            let before = try descriptors()
            for _ in 0..<1_000 {
                _ = try backend.attach([hostdev], to: reference)
                _ = try backend.detach([.net("eth0")], from: reference)
            }
            #expect(try descriptors() <= before + 50)
            #expect(try sh("find /run/hostdev -type f; grep -c /run/hostdev /proc/self/mounts || true") == "0\n")
        }
    }

    private func descriptors() throws -> Int {
        try directoryEntries("/proc/self/fd").count
    }
}
