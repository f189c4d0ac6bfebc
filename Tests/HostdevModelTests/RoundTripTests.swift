import HostdevModel
import Testing

/// A document that is written and parsed again is equal, in both dialects.
@Suite struct RoundTripTests {
    @Test func holdsForRandomHostdevs() throws {
        let seed = UInt64.random(in: 0...(.max))
        var model = RandomModel(seed: seed)
        var writtenForLibvirt = 0
        for _ in 0..<2_000 {
            let hostdev = try model.hostdev()
            let xml = try hostdev.xml()
            #expect(try readHostdev(xml) == hostdev, "seed \(seed): \(xml)")
            guard let libvirt = try? hostdev.xml(dialect: .libvirt) else { continue }
            writtenForLibvirt += 1
            #expect(try readHostdev(libvirt) == hostdev, "seed \(seed): \(libvirt)")
        }
        #expect(writtenForLibvirt > 500, "seed \(seed)")  // so that the second half is a test at all
    }

    @Test func holdsForRandomDocuments() throws {
        let seed = UInt64.random(in: 0...(.max))
        var model = RandomModel(seed: seed)
        var hostdevs: [Hostdev] = []
        var sources: Set<DeviceSource> = []
        var aliases: Set<Alias?> = [nil]
        for _ in 0..<500 {
            var hostdev = try model.hostdev()
            guard sources.insert(hostdev.device.source).inserted else { continue }
            if !aliases.insert(hostdev.alias).inserted { hostdev.alias = nil }
            hostdevs.append(hostdev)
        }
        let xml = try HostdevDocument(hostdevs: hostdevs).xml()
        let document = try read(xml)
        #expect(document.hostdevs == hostdevs, "seed \(seed)")
        #expect(document.warnings.isEmpty, "seed \(seed)")
        #expect(try document.xml() == xml, "seed \(seed)")
    }
}
