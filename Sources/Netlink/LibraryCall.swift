internal import CNetlink
internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Makes a call of libnl's that speaks with the kernel, and makes it again when a signal came in between. Returns libnl's code.
///
/// Every such call goes through here, so that a test can have any of them fail: `failPoint()`.
func libraryCall(
    _ operation: @autoclosure () -> String, _ call: () -> CInt
) throws(NetlinkError) -> CInt {
    while true {
        #if DEBUG
            if let code = failPoint() {
                if code == EINTR { continue }
                throw NetlinkError(Errno(rawValue: code), operation())
            }
        #endif
        let result = call()
        if result != -NLE_INTR { return result }
    }
}
