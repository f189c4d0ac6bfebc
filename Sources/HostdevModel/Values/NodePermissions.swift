/// Who may use a node inside the container; what is nil stays as the host has it.
public struct NodePermissions: Hashable, Sendable {
    /// The permission bits, 0 to 0o777.
    public let mode: UInt16?
    /// The owner's id, as seen inside the container.
    public let uid: UInt32?
    /// The group's id, as seen inside the container.
    public let gid: UInt32?

    /// The host node's mode and group, and the container's root as the owner.
    public init() {
        mode = nil
        uid = nil
        gid = nil
    }

    /// Permissions of a node; 4,294,967,295 is the kernel's way to say that there is no such id.
    public init(mode: UInt16?, uid: UInt32? = nil, gid: UInt32? = nil) throws(InvalidValue) {
        if let mode, mode > 0o777 {
            throw InvalidValue(String(mode, radix: 8), isNot: "a mode", allowed: "are 0 to 0777")
        }
        for id in [uid, gid] where id == .max {
            throw InvalidValue("\(UInt32.max)", isNot: "a user or group id", allowed: "are 0 to 4294967294")
        }
        self.mode = mode
        self.uid = uid
        self.gid = gid
    }
}
