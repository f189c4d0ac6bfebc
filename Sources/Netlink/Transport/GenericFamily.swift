internal import CNetlink

// Families of generic netlink, to which the kernel gives numbers when they register: linux/genetlink.h.
extension NetlinkSocket {
    /// Returns the number of a family, or nil when the kernel has none of that name. The kernel loads a module that provides
    /// the family.
    func genericFamily(_ name: String) throws(NetlinkError) -> Int? {
        let operation = "look up the netlink family \(name)"
        let result = try libraryCall(operation) { unsafe genl_ctrl_resolve(socket, name) }
        if result == -NLE_OBJ_NOTFOUND { return nil }
        guard result >= 0 else { throw .library(result, operation) }
        return Int(result)
    }

    /// Returns the number of a family that is registered already, or nil. Loads no module.
    func registeredGenericFamily(_ name: String) throws(NetlinkError) -> Int? {
        var cache: OpaquePointer?
        let operation = "list the netlink families"
        let result = try libraryCall(operation) { unsafe genl_ctrl_alloc_cache(socket, &cache) }
        guard result == 0, let cache = unsafe cache else { throw .library(result, operation) }
        defer { unsafe nl_cache_free(cache) }
        guard let family = unsafe genl_ctrl_search_by_name(cache, name) else { return nil }
        defer { unsafe genl_family_put(family) }
        return Int(unsafe genl_family_get_id(family))
    }
}
