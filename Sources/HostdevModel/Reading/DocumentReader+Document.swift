import XMLTree

extension DocumentReader {
    /// Reads the outermost element; nil when it is none of ours.
    mutating func contents(of root: XMLElement) -> (root: HostdevDocument.Root, hostdevs: [Hostdev])? {
        let kind: HostdevDocument.Root
        switch root.isForeign ? "" : root.name {
        case "hostdev": kind = .hostdev
        case "devices":
            checkNames(in: root, Vocabulary(children: ["hostdev"]))
            kind = .devices
        case "domain":
            checkMisspelt(in: root)
            kind = .domain(name: root.child("name")?.text, type: root["type"])
        default:
            let name = "<\(root.name)>" + (root.namespace.map { " in the namespace \(quoted($0))" } ?? "")
            error("\(name) is not a document of hostdevs: allowed are <hostdev>, <devices> and <domain>", at: root)
            return nil
        }
        return (kind, hostdevs(root.hostdevElements))
    }

    /// Looks at a domain. What is not ours in it is none of our business, but for a name that looks like one of ours.
    private mutating func checkMisspelt(in domain: XMLElement) {
        for child in domain.children {
            if child.isNamed("devices") {
                for device in child.children { checkMisspelt(device, for: "hostdev", in: child) }
            } else {
                checkMisspelt(child, for: "devices", in: domain)
            }
        }
    }

    private mutating func checkMisspelt(_ child: XMLElement, for name: String, in element: XMLElement) {
        if child.isForeign || child.name == name || nearestWord(to: child.name, among: [name]) == nil { return }
        checkStrange(child, in: element, [name])
    }

    private mutating func hostdevs(_ elements: [XMLElement]) -> [Hostdev] {
        if elements.count > HostdevDocument.hostdevLimit {
            let message = "this is one hostdev too many: allowed are \(HostdevDocument.hostdevLimit)"
            error(message, at: elements[HostdevDocument.hostdevLimit])
        }
        let elements = elements.prefix(HostdevDocument.hostdevLimit)
        var hostdevs: [Hostdev] = []
        hostdevs.reserveCapacity(elements.count)
        var names = NamesInUse(capacity: elements.count)
        for element in elements where !isFull {
            guard let hostdev = Hostdev(reading: element, with: &self) else { continue }
            names.add(hostdev, at: element, with: &self)
            hostdevs.append(hostdev)
        }
        return hostdevs
    }
}
