internal import LinuxSystem
internal import SystemPackage

/// LXC's command protocol, as far as it is needed: `struct lxc_cmd_req` and `struct lxc_cmd_rsp` of LXC's commands.h,
/// the same since LXC 1.0.
enum LXCCommand {
    private static let getInitPID: Int32 = 4

    /// The init process, as the monitor numbers it.
    static func initProcess(_ socket: borrowing UnixSocket) throws(SystemError) -> Int32 {
        // int command; int length of the data; void *data.
        try socket.send(bytes(getInitPID) + bytes(Int32(0)) + bytes(UInt(0)))
        let size = 8 + MemoryLayout<UInt>.size
        let answer = try socket.receive(atMost: size)
        // int result; int length of the data; void *data: the number stands in the pointer.
        guard answer.count == size else { throw SystemError(.ioError, "read", "the answer of LXC's monitor") }
        let result = Int32(truncatingIfNeeded: number(answer[0..<4]))
        guard result >= 0 else { throw SystemError(.ioError, "ask", "LXC's monitor, which answers \(result)") }
        return Int32(truncatingIfNeeded: number(answer[8..<12]))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        let number = UInt64(truncatingIfNeeded: number)
        return (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
