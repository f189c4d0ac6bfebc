internal import LinuxSystem
internal import SystemPackage

/// What a program can change of a USB device through its node, and what the host had before: the configuration, and the drivers of
/// the interfaces.
public struct USBState: Hashable, Sendable {
    /// The value of the configuration. Nil when the device is not configured.
    public var configuration: String?
    /// The drivers, by the names of the interfaces: `3-1.2:1.0`.
    public var drivers: [String: String]

    /// A state from its parts.
    public init(configuration: String?, drivers: [String: String]) {
        self.configuration = configuration
        self.drivers = drivers
    }
}

extension PhysicalDevice {
    /// Returns the present state of a USB device, or nil for a PCI function and for a device that has gone.
    ///
    /// - Throws: `kernel` when sysfs cannot be read.
    public func usbState() throws(NodeDeviceError) -> USBState? {
        guard case .usb = bus else { return nil }
        return try reading("the state of \(name)") { () throws(SystemError) in
            var drivers: [String: String] = [:]
            for interface in try kernelDirectories(in: directory) where interface.utf8.contains(UInt8(ascii: ":")) {
                let link = directory.appending(interface).appending("driver")
                let driver = try ifThere { () throws(SystemError) in try readLink(link) }
                drivers[interface] = driver.flatMap { FilePath($0).lastComponent?.string }
            }
            let configuration = try attribute(directory.appending("bConfigurationValue"))?.trimmed
            return USBState(configuration: configuration, drivers: drivers)
        }
    }

    /// Makes a USB device be what it was, as far as it is not: configures it, and binds drivers to interfaces that had one.
    /// Returns what could not be restored.
    public func restore(_ state: USBState) throws(NodeDeviceError) -> [String] {
        guard let now = try usbState(), now != state else { return [] }
        var failures: [String] = []
        func attempt(_ what: String, _ path: FilePath, _ text: String) {
            do throws(SystemError) {
                try writeControl(path, text)
            } catch {
                failures.append("\(what): \(error)")
            }
        }
        if let configuration = state.configuration, configuration != now.configuration {
            attempt(
                "configuration \(configuration) of \(name)", directory.appending("bConfigurationValue"), configuration)
        }
        let present = try usbState()?.drivers ?? [:]
        for (interface, driver) in state.drivers.sorted(by: { $0.key < $1.key }) where present[interface] == nil {
            attempt("driver \(driver) of \(interface)", "/sys/bus/usb/drivers_probe", interface)
        }
        return failures
    }
}
