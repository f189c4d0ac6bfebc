#if DEBUG
    internal import Glibc
    internal import Synchronization

    private let made = Atomic<Int>(0)
    private let wanted = wantedFailure()

    /// Marks a place before a system call at which a test can make the call fail: with `HOSTDEV_FAIL_AT=N:ERRNO` in the
    /// environment the N-th such call is not made and fails with that error, once, which is reported on standard error. Returns
    /// the error number, or nil to make the call. Not in release builds.
    public func failPoint() -> CInt? {
        guard let wanted, made.add(1, ordering: .relaxed).newValue == wanted.number else { return nil }
        let text = "HOSTDEV_FAIL_AT: call \(wanted.number) fails\n"
        _ = unsafe text.utf8CString.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count - 1) }
        return wanted.code
    }

    private func wantedFailure() -> (number: Int, code: CInt)? {
        let codes: [Substring: CInt] = [
            "EMFILE": EMFILE, "ENFILE": ENFILE, "ENOMEM": ENOMEM, "ENOSPC": ENOSPC, "EIO": EIO, "EINTR": EINTR,
            "ENOBUFS": ENOBUFS, "EACCES": EACCES,
        ]
        guard let parts = environmentVariable("HOSTDEV_FAIL_AT")?.split(separator: ":"), parts.count == 2,
            let number = Int(parts[0]), let code = codes[parts[1]]
        else { return nil }
        return (number, code)
    }
#endif
