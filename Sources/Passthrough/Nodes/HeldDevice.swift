internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// A device with nodes that a container had, and how to know who of the container still has it open.
struct HeldDevice {
    private let name: String
    private let numbers: Set<DeviceNumber>
    /// The nodes that were made.
    private let files: Set<FileID>
    /// The container's network namespace and, as long as it runs, its mount namespace.
    private let network: FileID
    private let mounts: FileID?

    /// Nil for an interface. Of a container that has ended, processes may be left.
    init?(_ record: AttachmentRecord) {
        guard case .nodes(let nodes) = record.change else { return nil }
        name = nodes.name
        numbers = Set(nodes.numbers)
        files = Set(nodes.entries.flatMap(\.made).map(\.file))
        network = record.container.network
        mounts = (try? record.container.pinned().files)?.map { FileID($0.mounts.identity) }
    }

    /// Who has it open now: processes of the container by any node of the device, and whoever is not of the host by one
    /// that was made. What the host's own processes do with its device is their business.
    func holders() throws -> [DeviceHolder] {
        let host = try Namespace.current(.mount).identity
        return try directoryEntries("/proc").compactMap { Int32($0) }.sorted().compactMap { process in
            guard let mounts = try? FileStatus.known("/proc/\(process)/ns/mnt").identity, mounts != host,
                let network = try? FileStatus.known("/proc/\(process)/ns/net").identity
            else { return nil }
            let isContainers = FileID(mounts) == self.mounts || FileID(network) == self.network
            guard holds(process, byAnyNode: isContainers) else { return nil }
            return DeviceHolder(device: name, process: process, command: Self.command(process))
        }
    }

    private func holds(_ process: Int32, byAnyNode: Bool) -> Bool {
        let folder = "/proc/\(process)/fd"
        return ((try? directoryEntries(FilePath(folder))) ?? []).contains { entry in
            guard let status = try? FileStatus.known("\(folder)/\(entry)"), let number = status.device,
                numbers.contains(number)
            else { return false }
            return byAnyNode || files.contains(FileID(status.identity))
        }
    }

    private static func command(_ process: Int32) -> String {
        let text = (try? readText(processFile(process, "comm"))) ?? "?"
        return String(text.prefix { $0 != "\n" }.map { $0.isASCII && $0 >= " " && $0 <= "~" ? $0 : "?" })
    }
}

extension Backend {
    /// Who still has devices open; waits until the deadline for there to be nobody. Nobody is told when a file is closed,
    /// so it looks again and again.
    func holders(
        of devices: [HeldDevice], until deadline: ContinuousClock.Instant
    ) throws -> [DeviceHolder] {
        while true {
            let holders = try devices.flatMap { try $0.holders() }
            guard !holders.isEmpty, ContinuousClock.now < deadline else { return holders }
            _ = try awaitEvents([], until: min(deadline, .now.advanced(by: .milliseconds(100))))
            try endIfInterrupted()
        }
    }
}
