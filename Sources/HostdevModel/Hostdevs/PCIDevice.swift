import XMLTree

/// A PCI function. The container gets all logical devices that it presents.
public struct PCIDevice: Hashable, Sendable {
    /// The address of the function on the host.
    public var source: PCIAddress
    /// The kinds of logical devices that the container gets.
    public var kinds: LogicalKinds

    /// Creates a PCI device.
    public init(source: PCIAddress, kinds: LogicalKinds = .all) {
        self.source = source
        self.kinds = kinds
    }
}

extension PCIDevice {
    /// Reads a hostdev of `bus='pci'`.
    init?(
        reading hostdev: XMLElement, _ source: XMLElement?, _ dialect: Dialect, with reader: inout DocumentReader
    ) {
        let kinds = LogicalKinds(reading: hostdev, dialect, with: &reader)
        guard let source else { return nil }
        reader.checkNames(
            in: source,
            AllowedNames(attributes: LibvirtSettings.sourceAttributes(of: .pci).map(\.name), children: ["address"]))
        let style: NumberStyle = dialect == .libvirt ? .cLiteral : .hexadecimal
        guard let element = reader.requiredChild("address", of: source),
            let address = PCIAddress(reading: element, style, with: &reader)
        else { return nil }
        self.init(source: address, kinds: kinds)
    }
}

extension LogicalKinds {
    /// Reads the `<target>` of a physical device, which only the capability dialect has.
    init(reading hostdev: XMLElement, _ dialect: Dialect, with reader: inout DocumentReader) {
        self = .all
        guard dialect == .capability, let target = reader.child("target", of: hostdev) else { return }
        reader.checkNames(in: target, AllowedNames(attributes: ["only", "except"]))
        if target["only"] != nil, target["except"] != nil {
            reader.error("<target> has only= and except=: one of them is allowed", at: "except", of: target)
        }
        let only: LogicalKindList? = reader.value("only", of: target)
        let except: LogicalKindList? = reader.value("except", of: target)
        if let only { self = .only(only.kinds) } else if let except { self = .except(except.kinds) }
    }
}

extension HostdevWriter {
    mutating func write(_ pci: PCIDevice) {
        setSource(children: [pci.source.element(type: false)])
        write(pci.kinds)
    }

    /// Writes the kinds of a physical device.
    mutating func write(_ kinds: LogicalKinds) {
        if kinds != .all, dialect == .libvirt { unsupported("a selection of kinds") }
        switch kinds {
        case .all: break
        case .only(let kinds): add("target", "only", kinds.text)
        case .except(let kinds): add("target", "except", kinds.text)
        }
    }
}
