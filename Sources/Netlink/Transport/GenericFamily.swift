internal import CNetlink
internal import SystemPackage

// Families of generic netlink, to which the kernel gives numbers when they register: linux/genetlink.h.
extension NetlinkSocket {
    /// Returns the number of a family, or nil when the kernel has none of that name. The kernel loads a module that provides
    /// the family.
    func genericFamily(_ name: LinkName) throws(NetlinkError) -> Int? {
        let message = Self.familyRequest(flags: 0)
        message.put(CTRL_ATTR_FAMILY_NAME, name)
        do {
            return try query(message, "look up the netlink family \(name)").first.flatMap(Self.familyNumber)
        } catch {
            guard error.code == .noSuchFileOrDirectory else { throw error }
            return nil
        }
    }

    /// Returns the number of a family that is registered already, or nil. Loads no module.
    func registeredGenericFamily(_ name: LinkName) throws(NetlinkError) -> Int? {
        let all = try query(Self.familyRequest(flags: NLM_F_DUMP), "list the netlink families")
        return all.first { $0.attributes(after: genlmsghdr.self)[CTRL_ATTR_FAMILY_NAME]?.name == name }
            .flatMap(Self.familyNumber)
    }

    private static func familyRequest(flags: CInt) -> NetlinkMessage {
        let header = genlmsghdr(cmd: UInt8(CTRL_CMD_GETFAMILY), version: 1, reserved: 0)
        return NetlinkMessage(Int(GENL_ID_CTRL), flags: flags, header: header)
    }

    private static func familyNumber(_ message: KernelMessage) -> Int? {
        message.attributes(after: genlmsghdr.self)[CTRL_ATTR_FAMILY_ID].map { Int(UInt16(littleEndianBytes: $0.value)) }
    }
}
