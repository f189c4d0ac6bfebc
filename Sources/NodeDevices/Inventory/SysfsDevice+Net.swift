internal import HostdevModel
internal import LinuxSystem

extension NetCapability {
    /// An interface in `/sys/class/net`: Linux, `Documentation/ABI/testing/sysfs-class-net`.
    init?(_ device: SysfsDevice) {
        // Some of that class are no interfaces: `bonding_masters` is a file.
        guard device.properties["IFINDEX"] != nil, let interface = try? InterfaceName(device.name) else { return nil }
        // An interface that is down, or that has no cable, has no speed: the kernel says -1, or refuses to say.
        let speed: UInt32? = device.number("speed")
        // ARPHRD_ETHER: that of Wi-Fi too.
        let isEthernet = device.text("type") == "1"
        let isWireless = device.properties["DEVTYPE"] == "wlan"
        self.init(
            interface: interface, address: device.text("address").flatMap { try? MACAddress($0) },
            speed: speed, state: device.text("operstate").flatMap(State.init), features: offloads(of: device.name),
            technology: isWireless ? .wireless : isEthernet ? .ethernet : nil)
    }
}
