import HostdevModel

/// Checks one input: it must be read or refused. What is read must be written, unless the dialect has no form for it,
/// and must be equal when it is read again.
func checkReading(_ bytes: [UInt8]) {
    if let document = try? HostdevDocument(parsing: bytes, name: "input") { check(document) }
    if let device = try? NodeDevice(parsing: bytes, name: "input") { check(device) }
}

private func check(_ document: HostdevDocument) {
    for dialect in Dialect.allCases {
        guard let xml = try? document.xml(dialect: dialect) else { continue }
        guard let again = try? HostdevDocument(parsing: Array(xml.utf8), name: "written"),
            again.hostdevs == document.hostdevs, again.root == document.root
        else { fatalError("what was written in the \(dialect) dialect is not what was read:\n\(xml)") }
    }
}

private func check(_ device: NodeDevice) {
    guard let xml = try? device.xml() else { return }
    guard let again = try? NodeDevice(parsing: Array(xml.utf8), name: "written"), again == device else {
        fatalError("what was written is not what was read:\n\(xml)")
    }
}
