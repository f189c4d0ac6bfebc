internal import CLinux

/// Runs calls that make files as a user and group of the host's: `setfsuid(2)`. The calling thread has no other rights
/// to files meanwhile than theirs.
///
/// A file system that belongs to a user namespace takes no files of an owner who has no id there: EOVERFLOW.
public func makingFiles<Value: ~Copyable>(
    as user: UInt32, _ group: UInt32, _ body: () throws(SystemError) -> Value
) throws(SystemError) -> Value {
    // The group first, and last on the way back: only root may set either.
    let groupBefore = linux_setfsgid(group)
    let userBefore = linux_setfsuid(user)
    defer {
        _ = linux_setfsuid(UInt32(bitPattern: userBefore))
        _ = linux_setfsgid(UInt32(bitPattern: groupBefore))
    }
    return try body()
}
