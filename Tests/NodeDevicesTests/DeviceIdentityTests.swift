import HostdevModel
import Testing

@testable import NodeDevices

/// What tells one unit from another that gets its place.
struct DeviceIdentityTests {
    private func unit(
        _ address: String = "2:0:0:3", wwid: String? = nil, model: String = "scsi_debug", type: Int = 0
    ) throws -> SCSIUnit {
        SCSIUnit(
            address: try SCSIAddress(address), wwid: wwid, vendor: "Linux", model: model, type: type, level: 7,
            nodes: [])
    }

    @Test func aWWIDOutlivesTheAddress() throws {
        #expect(try unit(wwid: "naa.5").identity == unit("7:0:1:3", wwid: "naa.5").identity)
        #expect(try unit(wwid: "naa.5").identity != unit(wwid: "naa.6").identity)
        // One serial number for a drive and its changer, and for two logical units.
        #expect(try unit(wwid: "naa.5").identity != unit(wwid: "naa.5", type: 8).identity)
        #expect(try unit(wwid: "naa.5").identity != unit("2:0:0:4", wwid: "naa.5").identity)
    }

    @Test func withoutAWWIDThePlaceCounts() throws {
        #expect(try unit().identity == unit().identity)
        #expect(try unit().identity != unit("2:0:0:4").identity)
        #expect(try unit().identity != unit(model: "other").identity)
        #expect(try unit().identity != unit(wwid: "naa.5").identity)
    }

    @Test func isTheSameReadBackFromARecord() throws {
        let identity = try unit(wwid: "naa.5").identity
        #expect(identity.description == "naa.5 type 0 lun 3")
        #expect(DeviceIdentity(identity.description) == identity)
        #expect(try unit().identity.description == "Linux scsi_debug type 0 at 2:0:0:3")
    }
}
