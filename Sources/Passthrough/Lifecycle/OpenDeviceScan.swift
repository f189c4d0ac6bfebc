internal import Containers
internal import Glibc
internal import HostdevModel
internal import LinuxSystem
internal import SystemPackage

/// A process that has a device open which was taken from its container. Removing rules and nodes does not close an open
/// file: the process can use the device until it closes the file or ends.
public struct OpenHandle: Hashable, Sendable {
    /// The kernel's name of the device on the host when it was attached.
    public let device: String
    /// The process, as the host numbers it.
    public let process: Int32
    /// What the process calls itself, in at most 15 characters; what is not printable ASCII is a question mark.
    public let command: String

    /// An open handle from its parts.
    public init(device: String, process: Int32, command: String) {
        self.device = device
        self.process = process
        self.command = command
    }
}

/// The nodes by which processes may have a device open.
struct OpenableNodes {
    /// The name on the host by which messages call the device.
    let device: String
    /// The device numbers.
    let numbers: Set<DeviceNumber>
    /// The nodes that were made.
    let files: Set<FileIdentity>
}

/// Finds the processes of containers that have devices open.
struct OpenDeviceScan {
    private struct Device {
        let nodes: OpenableNodes
        /// The container's network namespace and, as long as it runs, its mount namespace.
        let network: FileIdentity
        let mounts: FileIdentity?
    }

    private let devices: [Device]

    /// A scan for nothing.
    init() { devices = [] }

    /// A scan for the devices of records. Of a container that has ended, processes may be left.
    init(_ records: [Record]) throws {
        // They have one container, mostly.
        var mounts: [FileIdentity: FileIdentity?] = [:]
        devices = try records.compactMap { record in
            guard let nodes = record.change.openable else { return nil }
            let network = record.container.network
            if mounts[network] == nil {
                switch record.container.life() {
                case .running(let container):
                    mounts[network] = .some(container.files.map { $0.mounts.identity })
                case .ended: mounts[network] = .some(nil)
                case .unknown(let error): throw error
                }
            }
            return Device(nodes: nodes, network: network, mounts: mounts[network] ?? nil)
        }
    }

    /// Finds the processes that have the devices open now: those of the container by any node of a device, and those that are not
    /// the host's by a node that was made. The host's own processes may use its devices.
    ///
    /// One pass over all processes serves all devices: a host may have many of both.
    func run() throws -> [OpenHandle] {
        guard !devices.isEmpty else { return [] }
        let host = try Namespace.current(.mount).identity
        let hostNetwork = try Namespace.current(.network).identity
        var handles = devices.map { _ in [OpenHandle]() }
        for process in try directoryEntries("/proc").compactMap({ Int32($0) }).sorted() {
            guard let mounts = try Self.file("/proc/\(process)/ns/mnt")?.identity, mounts != host,
                let network = try Self.file("/proc/\(process)/ns/net")?.identity
            else { continue }
            let open = try Self.openDevices(process)
            guard !open.isEmpty else { continue }
            for (place, device) in devices.enumerated() {
                // A service in the container may have mounts of its own. The host's network is not the container's alone.
                let isContainers =
                    mounts == device.mounts || (network == device.network && network != hostNetwork)
                let holds = open.contains { number, file, _ in
                    device.nodes.numbers.contains(number) && (isContainers || device.nodes.files.contains(file))
                }
                guard holds else { continue }
                handles[place].append(
                    OpenHandle(device: device.nodes.device, process: process, command: Self.command(process)))
            }
        }
        return handles.flatMap(\.self)
    }

    /// Finds a process other than this one, wherever it is, that has one of some devices open.
    static func firstHandle(of numbers: Set<DeviceNumber>, device: String) throws -> OpenHandle? {
        guard !numbers.isEmpty else { return nil }
        for process in try directoryEntries("/proc").compactMap({ Int32($0) }).sorted() where process != getpid() {
            let open = try openDevices(process) { numbers.contains($0) }
            guard try open.contains(where: { try !isPath($0.descriptor, of: process) }) else { continue }
            return OpenHandle(device: device, process: process, command: command(process))
        }
        return nil
    }

    private static func openDevices(
        _ process: Int32, where isMeant: (DeviceNumber) -> Bool = { _ in true }
    ) throws -> [(number: DeviceNumber, file: FileIdentity, descriptor: String)] {
        let directory = "/proc/\(process)/fd"
        let entries = try ifSeen { () throws(SystemError) in try directoryEntries(FilePath(directory)) }
        return try (entries ?? []).compactMap { entry in
            guard let status = try file("\(directory)/\(entry)"), let number = status.device, isMeant(number) else {
                return nil
            }
            return (number, status.identity, entry)
        }
    }

    /// Whether a descriptor only refers to a file, as with O_PATH, and does not have it open: proc_pid_fdinfo(5).
    private static func isPath(_ descriptor: String, of process: Int32) throws(SystemError) -> Bool {
        let text = try ifSeen { () throws(SystemError) in try readText(processFile(process, "fdinfo/\(descriptor)")) }
        let line = text?.split(separator: "\n").first { $0.hasPrefix("flags:") }
        let flags = line.flatMap { $0.split(whereSeparator: \.isWhitespace).last }.flatMap { UInt32($0, radix: 8) }
        let O_PATH: UInt32 = 0o10_000_000  // asm-generic/fcntl.h
        return flags.map { $0 & O_PATH != 0 } ?? true
    }

    /// Returns nil for what a process has closed meanwhile, or a process that has ended, or one that is out of reach, and so is
    /// no container's.
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
    /// Who still has devices open; waits until the deadline for there to be nobody. The kernel tells nobody when a file is
    /// closed, so it scans again and again.
    func openHandles(of scan: OpenDeviceScan, until deadline: ContinuousClock.Instant) throws -> [OpenHandle] {
        while true {
            let handles = try scan.run()
            guard !handles.isEmpty, ContinuousClock.now < deadline else { return handles }
            _ = try awaitEvents([], until: min(deadline, .now.advanced(by: .milliseconds(100))))
            try endIfInterrupted()
        }
    }
}
