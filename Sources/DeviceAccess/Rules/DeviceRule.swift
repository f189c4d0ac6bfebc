public import LinuxSystem

/// A device and the access to it that a control group allows: Linux, `Documentation/admin-guide/cgroup-v1/devices.rst`.
public struct DeviceRule: Hashable, Sendable, CustomStringConvertible {
    /// Kinds of access to a device. The values are `BPF_DEVCG_ACC_*` of linux/bpf.h.
    public struct Access: OptionSet, Hashable, Sendable, CustomStringConvertible {
        /// The kernel's bits.
        public let rawValue: UInt32

        /// Access from its bits.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// `mknod(2)` of a node of the device: BPF_DEVCG_ACC_MKNOD.
        public static let makeNode = Access(rawValue: 1)
        /// `open(2)` for reading: BPF_DEVCG_ACC_READ.
        public static let read = Access(rawValue: 2)
        /// `open(2)` for writing: BPF_DEVCG_ACC_WRITE.
        public static let write = Access(rawValue: 4)
        /// `rwm`.
        public static let all: Access = [.read, .write, .makeNode]

        private static let letters: [(Access, Character)] = [(.read, "r"), (.write, "w"), (.makeNode, "m")]

        /// Reads the kernel's letters: `rw`. Returns nil when one is unknown.
        public init?(_ letters: some StringProtocol) {
            self = []
            for letter in letters {
                guard let known = Self.letters.first(where: { $0.1 == letter }) else { return nil }
                insert(known.0)
            }
        }

        /// The kernel's letters in its order: `rwm`.
        public var description: String { String(Self.letters.filter { contains($0.0) }.map(\.1)) }
    }

    /// The device.
    public var device: DeviceNumber
    /// The access.
    public var access: Access

    /// A rule from its parts.
    public init(_ device: DeviceNumber, _ access: Access) {
        self.device = device
        self.access = access
    }

    /// `c 21:3 rw`, as the kernel reads and writes it.
    public var description: String { "\(device) \(access)" }
}
