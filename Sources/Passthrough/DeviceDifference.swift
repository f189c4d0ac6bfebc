internal import HostdevModel

/// What a container's devices lack of those of a document, and have too many.
struct DeviceDifference {
    /// What the document does not have, or has with other settings: the oldest first.
    var superfluous: [AttachmentRecord]
    /// What is as the document says.
    let unchanged: [AttachmentRecord]
    /// What is to be attached, in the document's order.
    var missing: [Hostdev] = []

    init(from present: [AttachmentRecord], to wanted: [Hostdev]) throws {
        superfluous = present
        var unchanged: [AttachmentRecord] = []
        for hostdev in wanted {
            if let index = try superfluous.firstIndex(where: { try $0.isWhat(hostdev) }) {
                unchanged.append(superfluous.remove(at: index))
            } else {
                missing.append(hostdev)
            }
        }
        self.unchanged = unchanged
    }

    /// What can be attached whether or not anything superfluous is there: devices that no container has to give back first.
    var independent: [Hostdev] {
        get throws { try missing.filter { hostdev in try !superfluous.contains { try $0.isOf(hostdev.device) } } }
    }
}

extension AttachmentRecord {
    /// Whether it is just what a hostdev asks for, however that names the device.
    fileprivate func isWhat(_ wanted: Hostdev) throws -> Bool {
        guard try isOf(wanted.device) else { return false }
        var same = hostdev
        same.device = same.device.named(as: wanted.device)
        return same == wanted
    }

    /// Whether it is of the device that is meant, by this name or another one.
    fileprivate func isOf(_ wanted: Device) throws -> Bool {
        if hostdev.device.source == wanted.source { return true }
        return switch (change, wanted) {
        case (.interface(let interface), .net(let net)): try net.source.matches(InterfaceSnapshot(interface).link)
        case (.nodes, .scsi(let scsi)): hostNames.contains(scsi.source.text)
        default: false
        }
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
        default: return self
        }
    }
}
