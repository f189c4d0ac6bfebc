import XMLTree

extension DocumentReader {
    /// Reads the outermost element; nil when it is none of ours.
    mutating func contents(of root: XMLElement) -> DocumentContents? {
        guard !root.isForeign, ["hostdev", "devices", "domain"].contains(root.name) else {
            let name = "<\(root.name)>" + (root.namespace.map { " in the namespace \(quoted($0))" } ?? "")
            error(
                "\(name) is not a document of hostdevs: allowed are <hostdev>, <devices> and <domain>", at: root)
            return nil
        }
        switch root.name {
        case "hostdev": return DocumentContents(root: .hostdev, hostdevs: hostdevs([root]))
        case "devices":
            checkNames(in: root, Vocabulary(children: ["hostdev"]))
            return DocumentContents(root: .devices, hostdevs: hostdevs(root.children))
        default: return domain(root)
        }
    }

    /// Reads a domain. What is not ours in it is none of our business, but for a name that looks like one of ours.
    private mutating func domain(_ domain: XMLElement) -> DocumentContents {
        for index in domain.children.indices { checkMisspelt(domain.children[index], for: "devices", in: domain) }
        var found: [XMLElement] = []
        for devices in domain.children where devices.isNamed("devices") {
            for index in devices.children.indices {
                checkMisspelt(devices.children[index], for: "hostdev", in: devices)
            }
            found += devices.children
        }
        let root = HostdevDocument.Root.domain(name: domain.child("name")?.text, type: domain["type"])
        return DocumentContents(root: root, hostdevs: hostdevs(found))
    }

    private mutating func checkMisspelt(_ child: XMLElement, for name: String, in element: XMLElement) {
        if child.isForeign || child.name == name || nearestWord(to: child.name, among: [name]) == nil { return }
        checkStrange(child, in: element, [name])
    }

    private mutating func hostdevs(_ elements: [XMLElement]) -> [PlacedHostdev] {
        var found: [PlacedHostdev] = []
        var names = NamesInUse()
        for index in elements.indices where elements[index].isNamed("hostdev") {
            guard found.count < HostdevDocument.hostdevLimit else {
                error("this is one hostdev too many: allowed are \(HostdevDocument.hostdevLimit)", at: elements[index])
                break
            }
            let hostdev = Hostdev(reading: elements[index], with: &self)
            found.append(PlacedHostdev(hostdev: hostdev, range: elements[index].range))
            if let hostdev { names.add(hostdev, at: elements[index], with: &self) }
        }
        return found
    }
}

/// What stands in a document.
struct DocumentContents {
    let root: HostdevDocument.Root
    let hostdevs: [PlacedHostdev]
}

/// A hostdev, nil when something is wrong with it, and the bytes of the document that it covers.
struct PlacedHostdev {
    let hostdev: Hostdev?
    let range: Range<Int>
}
