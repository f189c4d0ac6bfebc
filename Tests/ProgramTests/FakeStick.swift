import TestHost

/// A USB device that is not there: directories in the place of `/sys/bus` of a throw-away host, whose logical devices are devices
/// that every kernel has. It presents its own node (`/dev/tty60`), a serial line (`/dev/tty61`) and the interface `eth0`.
struct FakeStick {
    var port = "3-1"
    var product = "6001"
    var serial = "A1"
    var number = 2
    /// Whether the driver of its interfaces is loaded.
    var hasDrivers = true

    /// Makes the buses of the host, and the interface. All of it goes with the host.
    static func makeBuses() throws {
        try sh(
            """
            ip link add eth0 type veth peer name peer
            mount -t tmpfs tmpfs /sys/bus
            mkdir -p /sys/bus/usb/devices /sys/bus/pci/devices /sys/bus/machine /run/udev/data
            printf 'S:serial/by-id/usb-Acme\\nS:disk/by-uuid/1\\n' > /run/udev/data/c4:61
            """)
    }

    private var folder: String { "/sys/bus/machine/usb3/\(port)" }

    func plug() throws {
        try sh(
            """
            device() { # FOLDER SUBSYSTEM PROPERTY…
                mkdir -p $1
                ln -sfn /sys/somewhere/$2 $1/subsystem
                folder=$1
                shift 2
                printf '%s\\n' "$@" > $folder/uevent
            }
            cd /sys/bus
            device \(folder) usb MAJOR=4 MINOR=60 DEVNAME=tty60 DEVTYPE=usb_device
            echo 4:60 > \(folder)/dev
            ln -sfn ../../../bus/machine/usb3/\(port) usb/devices/\(port)
            cd \(folder)
            echo 0403 > idVendor; echo \(product) > idProduct; echo '\(serial)' > serial
            echo 3 > busnum; echo \(number) > devnum; echo \(port.drop { $0 != "-" }.dropFirst()) > devpath
            echo 00 > bDeviceClass; echo 0 > maxchild; echo 1 > bConfigurationValue
            device \(port):1.0 usb DEVTYPE=usb_interface
            """)
        if hasDrivers { try bind() }
    }

    /// Loads the drivers of its interfaces.
    func bind() throws {
        try sh(
            """
            cd \(folder)/\(port):1.0
            mkdir -p tty/tty61 net/eth0
            ln -sfn /sys/somewhere/tty tty/tty61/subsystem; ln -sfn /sys/somewhere/net net/eth0/subsystem
            printf 'MAJOR=4\\nMINOR=61\\nDEVNAME=tty61\\n' > tty/tty61/uevent; echo 4:61 > tty/tty61/dev
            # Of an interface that a container has, nothing is there.
            rm -f net/eth0/uevent
            index=$(ip -o link show eth0 2>/dev/null | cut -d: -f1)
            [ -z "$index" ] || printf 'INTERFACE=eth0\\nIFINDEX=%s\\n' $index > net/eth0/uevent
            [ -n "$index" ] || rm -r net/eth0
            """)
    }

    func unplug() throws { try sh("rm -r \(folder) /sys/bus/usb/devices/\(port)") }
}
