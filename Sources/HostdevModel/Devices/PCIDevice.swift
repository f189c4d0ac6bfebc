/// A PCI function, all of whose logical devices a container gets.
public struct PCIDevice: Hashable, Sendable {
    /// The function on the host.
    public var source: PCIAddress

    /// A function.
    public init(source: PCIAddress) {
        self.source = source
    }
}
