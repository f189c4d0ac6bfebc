import LinuxSystem

extension DeviceNumber {
    /// The device cgroup's notation: `b 7:3`.
    init?(_ text: String) {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == ":" })
        guard parts.count == 3, let kind = Kind(rawValue: String(parts[0])), let major = UInt32(parts[1]),
            let minor = UInt32(parts[2])
        else { return nil }
        self.init(kind, major, minor)
    }

    /// Block devices that no container may use unless told to; nothing is bound to them.
    static let loop3 = DeviceNumber(.block, 7, 3)
    static let loop4 = DeviceNumber(.block, 7, 4)
}
