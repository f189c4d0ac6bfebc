import Synchronization
import TestHost

/// A disk of scsi_debug's, which the guest has: its nodes have other numbers each time that it comes back.
final class SCSIDisk: SoakUnit {
    private let address: String
    private let wwid: String
    private let present = Mutex(true)

    /// Adds one.
    init() throws {
        let words = try sh(
            """
            before=$(ls /sys/class/scsi_generic)
            echo 1 > /sys/bus/pseudo/drivers/scsi_debug/add_host
            until new=$(ls /sys/class/scsi_generic | grep -vxF "$before") && [ -e /sys/class/scsi_generic/$new/device/block ]; do
                sleep 0.1
            done
            device=/sys/class/scsi_generic/$new/device
            echo $(basename $(readlink -f $device)) $(cat $device/wwid)
            """
        ).split(whereSeparator: \.isWhitespace).map(String.init)
        (address, wwid) = (words[0], words[1])
    }

    private var device: String { "/sys/bus/scsi/devices/\(address)" }
    let type = "scsi"
    var source: String { "wwid='\(wwid)'" }
    var option: [String] { ["--scsi", wwid] }
    var announcement: String { "\(device)/uevent" }
    var isPresent: Bool { present.withLock { $0 } }

    func isMeant(by attached: Attached) -> Bool { attached.source.wwid == wwid }

    func plugIn() -> Bool {
        present.withLock { present in
            guard !present else { return false }
            let place = address.split(separator: ":").dropFirst().joined(separator: " ")
            _ = try? sh(
                """
                echo '\(place)' > /sys/class/scsi_host/host\(address.prefix { $0 != ":" })/scan
                until [ -e \(device)/scsi_generic ] && [ -e \(device)/block ]; do sleep 0.1; done
                """)
            present = true
            return true
        }
    }

    func unplug() -> Bool {
        present.withLock { present in
            guard present else { return false }
            _ = try? sh("echo 1 > \(device)/delete; while [ -e \(device) ]; do sleep 0.1; done")
            present = false
            return true
        }
    }
}
