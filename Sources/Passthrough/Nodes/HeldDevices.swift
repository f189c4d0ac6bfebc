internal import Containers
internal import DeviceAccess
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// Devices with nodes that a container had, and how to know who of the container still has one open.
struct HeldDevices {
    private struct Device {
        let name: String
        let numbers: Set<DeviceNumber>
        /// The nodes that were made.
        let files: Set<FileIdentity>
        /// The container's network namespace and, as long as it runs, its mount namespace.
        let network: FileIdentity
        let mounts: FileIdentity?
    }

    private let devices: [Device]

    /// An interface is held by nobody. Of a container that has ended, processes may be left.
    init(_ records: [Record]) throws {
        // They have one container, mostly.
        var mounts: [FileIdentity: FileIdentity?] = [:]
        devices = try records.compactMap { record in
            guard case .nodes(let nodes) = record.change else { return nil }
            let network = record.container.network
            if mounts[network] == nil {
                switch record.container.life() {
                case .running(let container):
                    mounts[network] = .some(container.files.map { $0.mounts.identity })
                case .ended: mounts[network] = .some(nil)
                case .unknown(let error): throw error
                }
            }
            return Device(
                name: nodes.name, numbers: Set(nodes.numbers),
                files: Set(nodes.entries.flatMap(\.made).map(\.identity)),
                network: network, mounts: mounts[network] ?? nil)
        }
    }

    /// Who has them open now: processes of the container by any node of a device, and whoever is not of the host by one
    /// that was made. What the host's own processes do with its devices is their business.
    ///
    /// One look at all processes serves all devices: a host may have many of both.
    func holders() throws -> [DeviceHolder] {
        guard !devices.isEmpty else { return [] }
        let host = try Namespace.current(.mount).identity
        let hostNetwork = try Namespace.current(.network).identity
        var holders = devices.map { _ in [DeviceHolder]() }
        for process in try directoryEntries("/proc").compactMap({ Int32($0) }).sorted() {
            guard let mounts = try Self.file("/proc/\(process)/ns/mnt")?.identity, mounts != host,
                let network = try Self.file("/proc/\(process)/ns/net")?.identity
            else { continue }
            let open = try Self.openDevices(process)
            guard !open.isEmpty else { continue }
            for (place, device) in devices.enumerated() {
                // A service in the container may have mounts of its own. The host's network is not the container's alone.
                let isContainers =
                    mounts == device.mounts
                    || (network == device.network && network != hostNetwork)
                let holds = open.contains { number, file in
                    device.numbers.contains(number) && (isContainers || device.files.contains(file))
                }
                guard holds else { continue }
                holders[place].append(
                    DeviceHolder(device: device.name, process: process, command: Self.command(process)))
            }
        }
        return holders.flatMap(\.self)
    }

    private static func openDevices(_ process: Int32) throws -> [(number: DeviceNumber, file: FileIdentity)] {
        let folder = "/proc/\(process)/fd"
        let entries = try ifSeen { () throws(SystemError) in try directoryEntries(FilePath(folder)) }
        return try (entries ?? []).compactMap { entry in
            guard let status = try file("\(folder)/\(entry)"), let number = status.device else { return nil }
            return (number, status.identity)
        }
    }

    /// Nil of what a process has closed meanwhile, or of one that has ended, or that is out of reach: no container's, then.
    private static func file(_ path: String) throws(SystemError) -> FileStatus? {
        try ifSeen { () throws(SystemError) in try FileStatus.cached(path) }
    }

    private static func command(_ process: Int32) -> String {
        // The process may have any name, and the kernel ends it with a line feed. For a message.
        guard let bytes = try? readBytes(processFile(process, "comm")) else { return "?" }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}

extension Backend {
    /// Who still has devices open; waits until the deadline for there to be nobody. Nobody is told when a file is closed,
    /// so it looks again and again.
    func holders(of devices: HeldDevices, until deadline: ContinuousClock.Instant) throws -> [DeviceHolder] {
        while true {
            let holders = try devices.holders()
            guard !holders.isEmpty, ContinuousClock.now < deadline else { return holders }
            _ = try awaitEvents([], until: min(deadline, .now.advanced(by: .milliseconds(100))))
            try endIfInterrupted()
        }
    }
}
