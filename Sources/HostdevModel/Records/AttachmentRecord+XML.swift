internal import XMLTree

extension AttachmentRecord {
    /// The record as a document.
    ///
    /// - Throws: when the hostdev has a part that no document can hold.
    public var xml: String {
        get throws {
            var element = XMLNode("attachment")
            element.add("id", id)
            element.add("transaction", transaction)
            element.add("state", isDetaching ? "detaching" : "attached")
            element.add("since", String(since))
            var container = XMLNode("container")
            container.add("reference", self.container.reference)
            if let process = self.container.process {
                container.add("process", String(process.id))
                container.add("started", String(process.startTime))
            }
            container.add("network", self.container.network.text)
            if let mounts = self.container.mounts { container.add("mounts", mounts.text) }
            element.children.append(container)
            element.children.append(try hostdev.inAnyDialect())
            switch change {
            case .interface(let interface): element.children.append(interface.element)
            case .nodes(let nodes): element.children.append(nodes.element)
            }
            return try element.xml() + "\n"
        }
    }

    /// Reads a record.
    ///
    /// - Parameter name: the file's name, for messages.
    /// - Throws: what is missing or wrong. Records are written by this module alone, so one that cannot be read is
    ///   damaged.
    public init(parsing bytes: [UInt8], name: String) throws {
        let document = try XMLDocument(parsing: bytes)
        let element = RecordElement(document.root, in: name)
        guard element.name == "attachment" else { throw element.error("is no record of an attachment") }
        guard !element.has("version") else {
            throw element.error("is of version \(try element.text("version")), which this release does not know")
        }
        let hostdevs = try HostdevDocument(parsing: Array(bytes[try element.child("hostdev").range]), name: name)
        guard let hostdev = hostdevs.hostdevs.first else { throw RecordError(file: name, message: "it has no hostdev") }
        let container = try element.child("container")
        self.init(
            id: try element.text("id"), transaction: try element.text("transaction"),
            isDetaching: try element.text("state") == "detaching", since: try element.number("since"),
            container: ContainerIdentity(
                reference: try container.text("reference"),
                process: container.has("process")
                    ? ContainerIdentity.Process(
                        id: try container.number("process"), startTime: try container.number("started"))
                    : nil,
                network: try container.file("network"),
                mounts: container.has("mounts") ? try container.file("mounts") : nil),
            hostdev: hostdev,
            change: element.hasChild("nodes")
                ? .nodes(try NodesRecord(element.child("nodes")))
                : .interface(try InterfaceRecord(element.child("interface"))))
    }
}

extension Hostdev {
    /// The element in the dialect that has a form for all of it: what is meant for a virtual machine has one in
    /// libvirt's.
    fileprivate func inAnyDialect() throws(Unrepresentable) -> XMLNode {
        do {
            return try HostdevWriter.element(self, in: .capability)
        } catch {
            return try HostdevWriter.element(self, in: .libvirt)
        }
    }
}
