import XMLTree

/// A PCI function. The container gets all logical devices that it presents.
public struct PCIDevice: Hashable, Sendable {
    /// The address of the function on the host.
    public var source: PCIAddress

    /// Creates a PCI device.
    public init(source: PCIAddress) {
        self.source = source
    }
}

extension PCIDevice {
    /// Reads the source of a PCI function.
    init?(reading source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader) {
        guard let source else { return nil }
        reader.checkNames(
            in: source,
            AllowedNames(attributes: LibvirtSettings.sourceAttributes(of: .pci).map(\.name), children: ["address"]))
        let style: NumberStyle = dialect == .libvirt ? .cLiteral : .hexadecimal
        guard let element = reader.requiredChild("address", of: source),
            let address = PCIAddress(reading: element, style, with: &reader)
        else { return nil }
        self.init(source: address)
    }
}
