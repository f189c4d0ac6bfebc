import Glibc
import HostdevModel
import LinuxSystem
import SystemPackage
import Testing

@testable import NodeDevices

/// Units of a kernel's own, in the guest, which is thrown away with what is plugged in and out here.
@Suite(.serialized, .enabled(if: unsafe getenv("HOSTDEV_GUEST") != nil, "needs the guest's SCSI devices"))
struct RealUnitsTests {
    let units = SCSIUnits()

    private func sh(_ script: String) {
        #expect(unsafe system(script) == 0, "\(script)")
    }

    /// Plugs in a unit of a type, and waits until a driver has made nodes of a kind.
    private func plug(type: Int, _ driver: String, _ kind: SCSINodeKind) throws -> SCSIUnit {
        let before = Set(try units.all().map(\.address))
        sh("modprobe scsi_debug add_host=0 max_luns=1 num_tgts=1; modprobe \(driver)")
        sh(
            "echo \(type) > /sys/bus/pseudo/drivers/scsi_debug/ptype; echo 1 > /sys/bus/pseudo/drivers/scsi_debug/add_host"
        )
        for _ in 0..<500 {
            let new = try units.all().first { !before.contains($0.address) && $0.type == type }
            if let new, new.nodes.contains(where: { $0.kind == kind }),
                new.nodes.contains(where: { $0.kind == .generic })
            {
                return new
            }
            usleep(10_000)
        }
        throw SystemError(.timedOut, "plug in", "a unit of type \(type)")
    }

    private func unplug(_ unit: SCSIUnit) throws {
        let directory = FilePath("/sys/bus/scsi/devices/\(unit.address)")
        sh("echo 1 > \(directory)/delete")
        for _ in 0..<500 {
            if (try? FileStatus.of(directory)) == nil { return }
            usleep(10_000)
        }
        throw SystemError(.timedOut, "unplug", "\(unit.address)")
    }

    @Test func everyWayLeadsToTheSameUnit() throws {
        let all = try units.all()
        #expect(all.count >= 4)
        for unit in all {
            #expect(try units.unit(.address(unit.address)) == unit)
            for node in unit.nodes {
                // The kernel's own names, in its own /dev, lead to the numbers that sysfs says.
                #expect(try FileStatus.of(node.path).device == node.number)
                #expect(try units.unit(.name(NodeName(node.name))) == unit)
                #expect(try units.unit(.path(DevicePath(node.path.string))) == unit)
                #expect(try units.unit(of: node.number) == unit)
            }
            if let wwid = unit.wwid { #expect(try units.unit(.wwid(WWID(wwid))) == unit) }
        }
        #expect(all.contains { $0.wwid == nil })
        #expect(all.contains { $0.nodes.map(\.kind) == [.generic, .bsg, .cd] })
    }

    @Test func aTapeAndAChangerHaveAllTheirNodes() throws {
        let tape = try plug(type: 1, "st", .mt)
        #expect(tape.nodes.map(\.kind) == [.generic, .bsg] + Array(repeating: .mt, count: 8))
        #expect(try tape.nodes.allSatisfy { try FileStatus.of($0.path).device == $0.number })
        let changer = try plug(type: 8, "ch", .changer)
        #expect(changer.nodes.map(\.kind) == [.generic, .bsg, .changer])
        #expect(changer.identity != tape.identity)
        try unplug(tape)
        try unplug(changer)
    }

    @Test func aNumberThatIsUsedAgainLeadsToTheOther() throws {
        let first = try plug(type: 0, "sd_mod", .disc)
        let number = try #require(first.nodes.first { $0.kind == .generic }).number
        #expect(try units.unit(of: number)?.identity == first.identity)
        try unplug(first)
        #expect(try units.unit(of: number) == nil)
        let second = try plug(type: 0, "sd_mod", .disc)
        #expect(try units.unit(of: number)?.address == second.address)
        #expect(second.identity != first.identity)
        try unplug(second)
    }
}
