internal import Glibc
internal import SystemPackage

/// Makes a system call that returns a negative number when it fails, with the reason in errno(3). Repeats it when a signal
/// interrupted it (EINTR).
///
/// Every call of this package that can fail goes through here, so that a test can make any of them fail: `failPoint()`.
@inline(__always)
public func kernelCall<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = interruptibleCall(call)
        if result >= 0 || SystemError.lastCode != .interrupted { return result }
    }
}

/// Makes a call that waits, and whose caller has to know when a signal interrupted it.
@inline(__always)
public func interruptibleCall<Result: SignedInteger>(_ call: () -> Result) -> Result {
    #if DEBUG
        if let code = failPoint() {
            errno = code
            return -1
        }
    #endif
    return call()
}

/// Makes a call of the C library that returns a pointer, or nil when it fails.
@inline(__always)
func pointerCall<Pointer>(_ call: () -> Pointer?) -> Pointer? {
    #if DEBUG
        if let code = failPoint() {
            errno = code
            return nil
        }
    #endif
    return call()
}

/// Makes a call of the C library that returns the reason of its failure, or 0. Returns nil when it succeeded.
@inline(__always)
func codeCall(_ call: () -> CInt) -> Errno? {
    #if DEBUG
        if let code = failPoint() { return Errno(rawValue: code) }
    #endif
    let code = call()
    return code == 0 ? nil : Errno(rawValue: code)
}
