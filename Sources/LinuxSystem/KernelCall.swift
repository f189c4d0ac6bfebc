internal import Glibc
internal import SystemPackage

/// Makes a call to the kernel that answers with a negative number when it fails, errno(3) with the reason; and makes it again
/// when a signal came in between (EINTR).
///
/// Every call of this package that can fail goes through here, so that a test can have any of them fail: `failPoint()`.
@inline(__always)
public func kernelCall<Result: SignedInteger>(_ call: () -> Result) -> Result {
    while true {
        let result = interruptibleCall(call)
        if result >= 0 || SystemError.lastCode != .interrupted { return result }
    }
}

/// The same for a call that waits, and whose caller has to know when a signal ended that.
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

/// The same for a call of the C library's that answers with a pointer, nil when it fails.
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

/// The same for a call of the C library's that answers with the reason of its failure, 0 when there is none.
@inline(__always)
func codeCall(_ call: () -> CInt) -> Errno? {
    #if DEBUG
        if let code = failPoint() { return Errno(rawValue: code) }
    #endif
    let code = call()
    return code == 0 ? nil : Errno(rawValue: code)
}
