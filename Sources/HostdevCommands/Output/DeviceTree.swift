internal import HostdevModel

/// The devices of a host as a tree, each below the one that it is on: as virsh(1) draws it.
struct DeviceTree {
    private let children: [NodeDeviceName: [NodeDeviceName]]

    init(_ devices: [NodeDevice]) {
        var children: [NodeDeviceName: [NodeDeviceName]] = [:]
        for device in devices { if let parent = device.parent { children[parent, default: []].append(device.name) } }
        self.children = children
    }

    var lines: [String] { ["\(NodeDeviceName.computer)"] + lines(below: .computer) }

    private func lines(below parent: NodeDeviceName) -> [String] {
        let names = children[parent] ?? []
        return names.enumerated().flatMap { index, name in
            let isAfterOthersChildren = index > 0 && children[names[index - 1]] != nil
            let stem = index == 0 || isAfterOthersChildren ? ["  |"] : []
            let margin = index + 1 < names.count ? "  | " : "    "
            return stem + ["  +- \(name)"] + lines(below: name).map { margin + $0 }
        }
    }
}
