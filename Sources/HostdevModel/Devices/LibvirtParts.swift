import XMLTree

/// What libvirt's dialect says of a hostdev that means nothing to a container.
public struct LibvirtParts: Hashable, Sendable {
    /// Whether a virtual machine manager is to unbind the host's driver by itself.
    public internal(set) var isManaged: Bool = false
    /// Attributes of the hostdev element, in the order in which they are written.
    var attributes: [XMLAttribute] = []
    /// Attributes of its source.
    var sourceAttributes: [XMLAttribute] = []
    /// Elements inside it.
    var elements: [XMLNode] = []

    /// Nothing.
    public init() {}

    /// Whether libvirt's dialect says nothing more.
    public var isEmpty: Bool { !isManaged && attributes.isEmpty && sourceAttributes.isEmpty && elements.isEmpty }
}
