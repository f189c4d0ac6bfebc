import XMLTree

extension DocumentReader {
    /// Reads the outermost element; nil when it is none of ours.
    mutating func contents(of root: XMLElement) -> (root: HostdevDocument.Root, hostdevs: [Hostdev])? {
        switch root.isForeign ? "" : root.name {
        case "hostdev":
            return (.hostdev, Hostdev(reading: root, with: &self).map { [$0] } ?? [])
        case "devices":
            return (.devices, hostdevs(in: root))
        default:
            error("<\(root.name)> is not a document of hostdevs: allowed are <hostdev> and <devices>", at: root)
            return nil
        }
    }

    private mutating func hostdevs(in devices: XMLElement) -> [Hostdev] {
        var hostdevs: [Hostdev] = []
        for index in devices.children.indices {
            guard devices.children[index].name == "hostdev" else {
                checkStrange(devices.children[index], in: devices, ["hostdev"])
                continue
            }
            guard hostdevs.count < HostdevDocument.hostdevLimit else {
                error(
                    "more than \(HostdevDocument.hostdevLimit) hostdevs: allowed are \(HostdevDocument.hostdevLimit)",
                    at: devices.children[index])
                break
            }
            if let hostdev = Hostdev(reading: devices.children[index], with: &self) { hostdevs.append(hostdev) }
        }
        return hostdevs
    }
}
