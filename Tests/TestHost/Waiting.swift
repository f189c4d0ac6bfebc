/// Waits until a shell's condition holds. That something never comes about is found out after ten minutes: this is no
/// measurement.
public func until(_ condition: String) throws {
    let result = try run(["timeout", "600", "sh", "-c", "until eval \"$0\"; do sleep 0.02; done", condition])
    guard result.status == 0 else { throw CommandFailed(result: result) }
}

/// Waits until a process has gone.
public func awaitEnd(of id: Int32) throws {
    try until("! [ -e /proc/\(id) ]")
}
