/// The names that one of our elements knows.
struct Vocabulary: Sendable {
    var attributes: [String] = []
    var children: [String] = []
    var allowsText = false

    /// Every name of ours. One of them in the wrong place is an error, not something foreign to be ignored.
    static let ours = Vocabulary(
        attributes: [
            "address", "bus", "dev", "device", "display", "domain", "family", "function", "gateway", "gid",
            "guestReset", "id", "inherit", "mac", "managed", "metric", "mode", "model", "name", "netmask", "nodes",
            "peer", "prefix", "product", "ramfb", "rawio", "sgio", "size", "slot", "startupPolicy", "state", "target",
            "type", "uid", "unit", "vendor", "wwid", "writeFiltering",
        ],
        children: [
            "adapter", "address", "alias", "block", "boot", "char", "driver", "hostdev", "interface", "ip", "link",
            "mac", "mtu", "permissions", "product", "readonly", "rom", "route", "shareable", "source", "target",
            "teaming", "vendor",
        ])
}
