import XMLTree

/// What the hostdevs of a document name, each of which may be named once.
struct NamesInUse {
    /// The hostdev elements, by what they name.
    private var sources: [DeviceSource: XMLElement] = [:]
    private var aliases: [Alias: XMLElement] = [:]

    /// Notes a hostdev that names what another has named before.
    mutating func add(_ hostdev: Hostdev, at element: XMLElement, with reader: inout DocumentReader) {
        if let first = sources.updateValue(element, forKey: hostdev.device.source) {
            reader.error(
                "\(hostdev.device) is already the hostdev in line \(reader.line(of: first)): one is allowed",
                at: element)
        }
        if let alias = hostdev.alias, let first = aliases.updateValue(element, forKey: alias) {
            reader.error(
                "the alias \(quoted(alias.description)) is already that of the hostdev in line "
                    + "\(reader.line(of: first)): one is allowed", at: element)
        }
    }
}
