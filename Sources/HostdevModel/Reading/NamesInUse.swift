import XMLTree

/// What the hostdevs of a document name, each of which may be named once.
struct NamesInUse {
    /// Where the hostdevs start in the document, by what they name.
    private var sources: [DeviceSource: Int] = [:]
    private var aliases: [Alias: Int] = [:]

    init(capacity: Int) {
        sources.reserveCapacity(capacity)
    }

    /// Notes a hostdev that names what another has named before.
    mutating func add(_ hostdev: Hostdev, at element: XMLElement, with reader: inout DocumentReader) {
        let offset = element.range.lowerBound
        if let first = sources.updateValue(offset, forKey: hostdev.device.source) {
            sources[hostdev.device.source] = first
            let line = reader.line(at: first)
            reader.error("\(hostdev.device) is already the hostdev in line \(line): one is allowed", at: element)
        }
        guard let alias = hostdev.alias, let first = aliases.updateValue(offset, forKey: alias) else { return }
        aliases[alias] = first
        let line = reader.line(at: first)
        reader.error("the alias '\(alias)' is already that of the hostdev in line \(line): one is allowed", at: element)
    }
}
