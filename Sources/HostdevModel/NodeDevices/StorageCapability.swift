/// What an inventory says of a disk or a drive.
public struct StorageCapability: Hashable, Sendable {
    /// How much a medium holds.
    public struct Size: Hashable, Sendable {
        /// In bytes.
        public var bytes: UInt64
        /// The size of a logical block in bytes.
        public var blockSize: UInt64?
        /// The number of logical blocks.
        public var blockCount: UInt64?

        /// A size.
        public init(bytes: UInt64, blockSize: UInt64? = nil, blockCount: UInt64? = nil) {
            self.bytes = bytes
            self.blockSize = blockSize
            self.blockCount = blockCount
        }
    }

    /// What the data is on.
    public enum Medium: Hashable, Sendable {
        /// A medium that stays; its size, when it is known.
        case fixed(Size?)
        /// A medium that can be taken out; its size, nil when there is none inside.
        case removable(Size?)
    }

    /// Its node.
    public var block: DevicePath
    /// What it is behind: `scsi`, `ata`.
    public var bus: String?
    /// What it is: `disk`, `cdrom`.
    public var driveType: String?
    /// The model, from its maker.
    public var model: String?
    /// The maker.
    public var vendor: String?
    /// The serial number, from its maker.
    public var serial: String?
    /// What the data is on.
    public var medium: Medium

    /// A disk or a drive.
    public init(
        block: DevicePath, bus: String? = nil, driveType: String? = nil, model: String? = nil, vendor: String? = nil,
        serial: String? = nil, medium: Medium = .fixed(nil)
    ) {
        self.block = block
        self.bus = bus
        self.driveType = driveType
        self.model = model
        self.vendor = vendor
        self.serial = serial
        self.medium = medium
    }
}
