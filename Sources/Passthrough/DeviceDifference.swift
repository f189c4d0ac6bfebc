internal import ByteStrings
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// What a container's devices lack of those of a document, and have too many.
struct DeviceDifference {
    /// What the document does not have, or has with other settings: the oldest first.
    var superfluous: [Record]
    /// What is as the document says.
    let unchanged: [Record]
    /// What is to be attached, in the document's order.
    var missing: [Hostdev] = []

    init(from present: [Record], to wanted: [Hostdev]) throws {
        var rest = present
        var unchanged: [Record] = []
        var missing: [Hostdev?] = wanted
        // A device may have several names, and a name may have been another device's before: whom the host calls so now goes
        // first, then who was attached by just that, then who has had the name.
        let meanings: [(Record, Hostdev) -> Bool] = [
            { $0.isNow($1.device) }, { $0.hostdev == $1 }, { _, _ in true },
        ]
        for isMeant in meanings {
            for (place, hostdev) in missing.enumerated() {
                guard let hostdev,
                    let index = try rest.firstIndex(where: { try $0.isWhat(hostdev) && isMeant($0, hostdev) })
                else { continue }
                unchanged.append(rest.remove(at: index))
                missing[place] = nil
            }
        }
        superfluous = rest
        self.unchanged = unchanged
        self.missing = missing.compactMap(\.self)
    }

    /// What can be attached whether or not anything superfluous is there: devices that no container has to give back first.
    var independent: [Hostdev] {
        get throws { try missing.filter { hostdev in try !superfluous.contains { try $0.isOf(hostdev.device) } } }
    }
}

extension Record {
    /// Whether it is just what a hostdev asks for, however that names the device.
    fileprivate func isWhat(_ wanted: Hostdev) throws -> Bool {
        guard try isOf(wanted.device) else { return false }
        var same = hostdev
        same.device = same.device.named(as: wanted.device)
        return same == wanted
    }

    /// Whether the host's device of that name is it, at present.
    fileprivate func isNow(_ wanted: Device) -> Bool {
        guard let nodes else { return false }
        guard nodes.presence == .here else { return false }
        return switch wanted {
        case .scsi(let scsi): Self.names(nodes).contains(ByteString(scsi.source.text))
        case .misc(let file), .storage(let file):
            (try? FileStatus.of(FilePath(file.source.description)))?.device.map(nodes.numbers.contains) ?? false
        default: false
        }
    }

    private static func names(_ nodes: NodesChange) -> [ByteString] {
        [nodes.name, nodes.address?.description, nodes.wwid].compactMap { $0.map { ByteString($0) } }
    }
}

extension Device {
    /// The same settings, of the device by the name that another one has for it.
    fileprivate func named(as other: Device) -> Device {
        switch (self, other) {
        case (.net(var net), .net(let other)):
            net.source = other.source
            return .net(net)
        case (.scsi(var scsi), .scsi(let other)):
            scsi.source = other.source
            return .scsi(scsi)
        case (.misc(let file), .misc(let other)): return .misc(file.named(as: other))
        case (.storage(let file), .storage(let other)): return .storage(file.named(as: other))
        default: return self
        }
    }
}

extension DeviceFile {
    /// A node that stays where it is, though the document names its place by another source.
    fileprivate func named(as other: DeviceFile) -> DeviceFile {
        var copy = self
        copy.source = other.source
        copy.target = (target ?? source) == (other.target ?? other.source) ? other.target : target ?? source
        return copy
    }
}
