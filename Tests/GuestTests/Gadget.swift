import TestHost

/// A USB device without any hardware: a gadget of configfs behind the virtual host controller dummy_hcd, which has one port
/// on each of two buses (Linux, `Documentation/usb/gadget_configfs.rst`). Its functions run in the guest too, and have devices
/// of their own there: an `ecm` has an interface at either end.
final class Gadget {
    /// The ports. The numbers of their buses are not known before.
    enum Port: Int { case first, second }

    private let name: String
    private let port: Port

    /// Makes a gadget, without plugging it in.
    ///
    /// - Parameters:
    ///   - functions: at most three, for want of endpoints: `acm`, `ecm`, `mass_storage`, `hid`, `printer`, `midi`.
    ///   - disk: the file that a `mass_storage` presents.
    init(
        _ name: String, product: String = "0001", serial: String = "SN1", in port: Port = .first, disk: String? = nil,
        _ functions: String...
    ) throws {
        self.name = name
        self.port = port
        var script = """
            modprobe -a configfs libcomposite
            [ -d /sys/bus/platform/devices/dummy_hcd.0 ] || modprobe dummy_hcd num=2
            mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
            modprobe -a cdc_acm cdc_ether usb_storage
            cd /sys/kernel/config/usb_gadget
            mkdir \(name) \(name)/strings/0x409 \(name)/configs/c.1
            echo 0x1209 > \(name)/idVendor
            echo 0x\(product) > \(name)/idProduct
            echo '\(serial)' > \(name)/strings/0x409/serialnumber
            echo Acme > \(name)/strings/0x409/manufacturer
            echo Gadget > \(name)/strings/0x409/product

            """
        for function in functions {
            script += "mkdir \(name)/functions/\(function).\(name)\n"
            if function == "mass_storage", let disk {
                script += """
                    echo 1 > \(name)/functions/\(function).\(name)/lun.0/removable
                    echo \(disk) > \(name)/functions/\(function).\(name)/lun.0/file

                    """
            }
            script += "ln -s \(name)/functions/\(function).\(name) \(name)/configs/c.1/\n"
        }
        try sh(script)
    }

    private var folder: String { "/sys/kernel/config/usb_gadget/\(name)" }

    /// Plugs it in, and waits for nodes and interfaces. Returns the kernel's name of the device.
    ///
    /// - Parameter files: what has to be there below the device's directory: `*/tty/ttyACM*`.
    @discardableResult
    func plug(awaiting files: String...) throws -> String {
        try sh("echo dummy_udc.\(port.rawValue) > \(folder)/UDC")
        let device = "/sys/devices/platform/dummy_hcd.\(port.rawValue)/usb*/*-1"
        for file in ["serial"] + files {
            try sh("for i in $(seq 600); do ls -d \(device)/\(file) >/dev/null 2>&1 && exit; sleep 0.05; done; exit 1")
        }
        return try sh("basename \(device)").trimmed
    }

    /// Unplugs it, and waits until the host has noticed.
    func unplug() throws {
        try sh(
            """
            echo '' > \(folder)/UDC
            while ls -d /sys/devices/platform/dummy_hcd.\(port.rawValue)/usb*/*-1 2>/dev/null | grep -q .; do sleep 0.05; done
            """)
    }

    /// Unplugs it, and removes it.
    func end() {
        _ = try? sh(
            """
            cd /sys/kernel/config/usb_gadget
            echo '' > \(name)/UDC 2>/dev/null || true
            rm -f \(name)/configs/c.1/*.\(name)
            rmdir \(name)/configs/c.1 \(name)/functions/* \(name)/strings/0x409 \(name)
            """)
    }

    deinit { end() }
}
