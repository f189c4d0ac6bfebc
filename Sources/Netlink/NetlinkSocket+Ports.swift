internal import CNetlink
internal import Glibc

// Ports of bridges, bonds and other masters.
extension NetlinkSocket {
    /// Makes an interface a port. A bond and a team take only one that is down; a bond switches it on.
    public func setMaster(_ master: Int32, of index: Int32) throws(NetlinkError) {
        let message = change(index)
        message.put(IFLA_MASTER, UInt32(bitPattern: master))
        try perform(message, "make interface \(index) a port of interface \(master)")
    }

    /// Sets one setting of a port.
    public func set(_ setting: Int, to value: [UInt8], ofPort index: Int32, kind: String) throws(NetlinkError) {
        let message = change(index)
        message.nest(IFLA_LINKINFO) { information in
            information.put(IFLA_INFO_SLAVE_KIND, LinkName(kind))
            information.nest(IFLA_INFO_SLAVE_DATA) { $0.put(setting, value) }
        }
        try perform(message, "set \(kind) port setting \(setting) of interface \(index)")
    }

    /// The VLANs of a bridge's port; nil where the kernel's bridges know of none.
    public func vlans(ofPort index: Int32) throws(NetlinkError) -> BridgePortVLANs? {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        let message = NetlinkMessage(RTM_GETLINK, flags: NLM_F_DUMP, header: header)
        message.put(IFLA_EXT_MASK, UInt32(RTEXT_FILTER_BRVLAN_COMPRESSED))
        let all = try query(message, "list the VLANs of interface \(index)").map(BridgePortVLANs.init)
        return all.first { $0.linkIndex == index && !$0.entries.isEmpty }
    }

    /// Makes the VLANs of a port what they were.
    public func restore(_ vlans: BridgePortVLANs, on index: Int32) throws(NetlinkError) {
        let present = try self.vlans(ofPort: index)?.entries ?? []
        guard present != vlans.entries else { return }
        try change(present, on: index, RTM_DELLINK)
        try change(vlans.entries, on: index, RTM_SETLINK)
    }

    /// In requests of a few each, which the kernel carries out as a whole or up to the one that it refuses. A first and a last
    /// VLAN of several in a row are in the same one.
    private func change(_ entries: [[UInt8]], on index: Int32, _ type: Int) throws(NetlinkError) {
        var header = ifinfomsg()
        header.ifi_family = UInt8(AF_BRIDGE)
        header.ifi_index = index
        var rest = entries[...]
        while !rest.isEmpty {
            var part = rest.prefix(200)
            if part.count < rest.count, part.last.map(Self.beginsRange) == true { part = part.dropLast() }
            rest = rest.dropFirst(part.count)
            let message = NetlinkMessage(type, header: header)
            message.nest(IFLA_AF_SPEC) { list in
                for entry in part { list.put(Int(IFLA_BRIDGE_VLAN_INFO), entry) }
            }
            try perform(message, "set the VLANs of interface \(index)")
        }
    }

    /// Whether it is the first of several VLANs in a row, of which the last comes next: the flags of a `bridge_vlan_info`.
    private static func beginsRange(_ entry: [UInt8]) -> Bool {
        UInt16(littleEndianBytes: entry) & UInt16(BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0
    }
}
