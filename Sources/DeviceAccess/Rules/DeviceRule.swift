public import LinuxSystem

/// One line of a device control group: a device and what may be done with it.
///
/// Linux, `Documentation/admin-guide/cgroup-v1/devices.rst`.
public struct DeviceRule: Hashable, Sendable, CustomStringConvertible {
    /// What may be done with a device. The values are the kernel's `BPF_DEVCG_ACC_*`.
    public struct Access: OptionSet, Hashable, Sendable, CustomStringConvertible {
        /// The bits.
        public let rawValue: UInt32

        /// Access from its bits.
        public init(rawValue: UInt32) {
            self.rawValue = rawValue
        }

        /// `mknod(2)` of a node of the device, BPF_DEVCG_ACC_MKNOD.
        public static let makeNode = Access(rawValue: 1)
        /// `open(2)` for reading, BPF_DEVCG_ACC_READ.
        public static let read = Access(rawValue: 2)
        /// `open(2)` for writing, BPF_DEVCG_ACC_WRITE.
        public static let write = Access(rawValue: 4)
        /// `rwm`.
        public static let all: Access = [.read, .write, .makeNode]

        private static let letters: [(Access, Character)] = [(.read, "r"), (.write, "w"), (.makeNode, "m")]

        /// The letters of the kernel: `rw`. Nil when one is unknown.
        public init?(_ letters: some StringProtocol) {
            self = []
            for letter in letters {
                guard let known = Self.letters.first(where: { $0.1 == letter }) else { return nil }
                insert(known.0)
            }
        }

        /// The letters of the kernel, in its order: `rwm`.
        public var description: String { String(Self.letters.filter { contains($0.0) }.map(\.1)) }
    }

    /// Which device.
    public var device: DeviceNumber
    /// What may be done with it.
    public var access: Access

    /// A rule from its parts.
    public init(_ device: DeviceNumber, _ access: Access) {
        self.device = device
        self.access = access
    }

    /// `c 21:3 rw`, as the kernel reads it.
    public var description: String { "\(device) \(access)" }
}
