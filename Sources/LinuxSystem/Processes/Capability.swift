internal import CLinux

/// The capabilities that some operations need: capabilities(7).
public enum Capability: Int, CaseIterable, Sendable, CustomStringConvertible {
    case dacOverride = 1
    case netAdmin = 12
    case sysPtrace = 19
    case sysAdmin = 21
    case mknod = 27
    case bpf = 39

    /// The name: `CAP_NET_ADMIN`.
    public var description: String {
        switch self {
        case .dacOverride: "CAP_DAC_OVERRIDE"
        case .netAdmin: "CAP_NET_ADMIN"
        case .sysPtrace: "CAP_SYS_PTRACE"
        case .sysAdmin: "CAP_SYS_ADMIN"
        case .mknod: "CAP_MKNOD"
        case .bpf: "CAP_BPF"
        }
    }

    /// Returns those of some capabilities that are not effective for the calling thread: capget(2).
    public static func missing(of wanted: [Capability]) throws(SystemError) -> [Capability] {
        var effective: UInt64 = 0
        guard kernelCall({ unsafe linux_effective_capabilities(&effective) }) == 0 else {
            throw .last("capget", "this thread")
        }
        return wanted.filter { effective & (1 << UInt64($0.rawValue)) == 0 }
    }
}
