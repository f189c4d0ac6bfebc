internal import LinuxSystem
internal import SystemPackage

/// The commands of LXC's monitor: `struct lxc_cmd_req` and `struct lxc_cmd_rsp` of LXC's commands.h, the same since LXC 1.0.
/// Commands keep their numbers, since a monitor may be older than its client.
enum LXCCommand {
    private static let LXC_CMD_GET_INIT_PID: Int32 = 4
    private static let LXC_CMD_ADD_BPF_DEVICE_CGROUP: Int32 = 14

    /// Returns the process id of the init process, in the PID namespace of the monitor.
    static func initProcess(_ socket: borrowing UnixSocket) throws(SystemError) -> Int32 {
        // The pointer of the reply holds the id.
        try ask(LXC_CMD_GET_INIT_PID, [], socket)
    }

    /// Adds a rule to the monitor's list for control groups of version 2, after which the monitor replaces its program. Needs
    /// LXC 5.0. A monitor with another form of the rule refuses it for its length.
    static func setDevice(
        _ device: DeviceNumber, _ access: String, _ isAllowed: Bool, _ socket: borrowing UnixSocket
    ) throws(SystemError) {
        // struct device_item: char type, int major, int minor, char access[4], int allow, and two pointers of a list's.
        let letters = Array(access.utf8.prefix(3))
        var rule = bytes(Int32(device.kind == .block ? UInt8(ascii: "b") : UInt8(ascii: "c")))
        rule += bytes(device.major) + bytes(device.minor)
        rule += letters + [UInt8](repeating: 0, count: 4 - letters.count) + bytes(Int32(isAllowed ? 1 : 0))
        let pointer = MemoryLayout<UInt>.size
        rule += [UInt8](repeating: 0, count: (pointer - rule.count % pointer) % pointer + 2 * pointer)
        _ = try ask(LXC_CMD_ADD_BPF_DEVICE_CGROUP, rule, socket)
    }

    /// Sends a command, and returns the content of the pointer in the reply.
    private static func ask(
        _ command: Int32, _ data: [UInt8], _ socket: borrowing UnixSocket
    ) throws(SystemError) -> Int32 {
        // int command; int length of the data; void *data; then the data.
        try socket.send(bytes(command) + bytes(Int32(data.count)) + bytes(UInt(0)) + data)
        let size = 8 + MemoryLayout<UInt>.size
        let answer = try socket.receive(atMost: size)
        // int result; int length of the data; void *data.
        guard answer.count == size else { throw SystemError(.ioError, "read", "the answer of LXC's monitor") }
        let result = Int32(truncatingIfNeeded: number(answer[0..<4]))
        guard result >= 0 else { throw SystemError(.ioError, "ask", "LXC's monitor, which answers \(result)") }
        return Int32(truncatingIfNeeded: number(answer[8..<12]))
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }
}
