/// The names that one of our elements knows.
struct Vocabulary: Sendable {
    let attributes: [String]
    let children: [String]

    init(attributes: [String] = [], children: [String] = []) {
        self.attributes = attributes
        self.children = children
    }

    /// Every name of ours. One of them in the wrong place is an error, not something foreign to be ignored.
    static let ours = Vocabulary(
        attributes: [
            "address", "bus", "dev", "device", "domain", "family", "function", "gateway", "gid", "id", "inherit", "lun",
            "mac", "managed", "metric", "mode", "name", "netmask", "nodes", "peer", "prefix", "size", "slot", "state",
            "target", "type", "uid", "unit", "wwid",
        ],
        children: [
            "address", "alias", "hostdev", "ip", "link", "mac", "mtu", "permissions", "product", "readonly", "route",
            "shareable", "source", "target", "vendor",
        ])
}
