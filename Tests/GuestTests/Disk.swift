import TestHost

/// A disk of the kernel's scsi_debug driver: a real SCSI disk for all who talk to it.
struct Disk {
    /// The name of its sg node.
    let generic: String
    /// The name of its disk node.
    let disc: String
    /// H:C:T:L.
    let address: String
    /// Its world-wide identifier.
    let wwid: String

    /// Adds a disk to the guest.
    init() throws {
        let script = """
            modprobe sg; modprobe sd_mod
            modprobe scsi_debug add_host=0 num_tgts=1 max_luns=1
            before=$(ls /sys/class/scsi_generic)
            echo 1 > /sys/bus/pseudo/drivers/scsi_debug/add_host
            until new=$(ls /sys/class/scsi_generic | grep -vxF "$before") && [ -e /sys/class/scsi_generic/$new/device/block ]; do
                sleep 0.1
            done
            device=/sys/class/scsi_generic/$new/device
            echo $new $(ls $device/block) $(basename $(readlink -f $device)) $(cat $device/wwid)
            """
        let words = try sh(script).split(whereSeparator: \.isWhitespace).map(String.init)
        generic = words[0]
        disc = words[1]
        address = words[2]
        wwid = words[3]
    }

    private var device: String { "/sys/bus/scsi/devices/\(address)" }

    /// Takes the disk away from the kernel, as if it were unplugged.
    func unplug() throws {
        try sh("echo 1 > \(device)/delete; while [ -e \(device) ]; do sleep 0.1; done")
    }

    /// Plugs it in again: it gets its address again, and what names and numbers are free.
    func plugIn() throws {
        let place = address.split(separator: ":").dropFirst().joined(separator: " ")
        try sh(
            """
            echo '\(place)' > /sys/class/scsi_host/host\(address.prefix { $0 != ":" })/scan
            until [ -e \(device)/scsi_generic ] && [ -e \(device)/block ]; do sleep 0.1; done
            """)
    }
}
