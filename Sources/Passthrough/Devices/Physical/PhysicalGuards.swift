internal import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

/// The guards of a physical device: what it does for the host. Through the node of a USB device a container reaches all that the
/// device presents, whatever else it is given.
struct PhysicalGuards {
    let device: PhysicalDevice
    let contents: PhysicalContents
    let kinds: LogicalKinds

    /// What the container reaches.
    private var reached: [LogicalDevice] {
        let isWhole = contents.devices.contains { $0.kind == .usb && kinds.contains(.usb) }
        return isWhole ? contents.devices : contents.devices.filter { kinds.contains($0.kind) }
    }

    private var nodes: [(number: DeviceNumber, path: String)] {
        reached.compactMap { if case .node(let number, let path) = $0.content { (number, path) } else { nil } }
    }

    /// Throws the first reason for which the device is to stay on the host.
    func check(_ context: AttachContext) throws {
        try refuseRootDisk()
        guard !context.backend.force else { return }
        try refuseUsedDisk()
        try refuseConsole()
        try refuseDisplay()
        try refuseUsedInterface(context)
        try refuseHeld()
    }

    private func refusal(_ guardName: String, _ reason: String, _ hint: String) -> PassthroughError {
        PassthroughError(
            .inUse, "\(device): \(reason) (\(guardName))", device: device.name, hint: .words(hint))
    }

    /// The disk on which the host's own files are. No option overrides this.
    private func refuseRootDisk() throws {
        let root = DeviceNumber(holding: try FileStatus.of("/").identity)
        guard let node = nodes.first(where: { $0.number.kind == .block && $0.number == root }) else { return }
        throw refusal("root-disk", "the host's root is on /dev/\(node.path)", "give another device")
    }

    private func refuseUsedDisk() throws {
        for node in nodes where node.number.kind == .block {
            guard try isBlockDeviceInUse(FilePath("/dev/\(node.path)")) else { continue }
            throw refusal(
                "disk-in-use",
                "the host uses /dev/\(node.path) itself: it is mounted, swap, or a part of another device",
                "end that; or leave it out with --except usb,storage,scsi; or use --force")
        }
    }

    /// A serial line on which the kernel writes its messages, and the only keyboard by which the host can be rescued.
    private func refuseConsole() throws {
        let consoles = try ifThere { () throws(SystemError) in try readText("/proc/consoles") } ?? ""
        let numbers = consoles.split(separator: "\n").compactMap { $0.split(separator: " ").last }
        if let node = nodes.first(where: {
            $0.number.kind == .character && numbers.contains("\($0.number.major):\($0.number.minor)")
        }) {
            throw refusal(
                "console", "/dev/\(node.path) is a console of the host", "use --force to give it nevertheless")
        }
        let inputs = try ifThere { () throws(SystemError) in try readText("/proc/bus/input/devices") } ?? ""
        // `H: Handlers=sysrq kbd leds event3`: buttons and speakers are keyboards too, but have no sysrq.
        let keyboards = inputs.split(separator: "\n").compactMap { line -> [Substring]? in
            guard line.hasPrefix("H: Handlers=") else { return nil }
            let handlers = line.dropFirst("H: Handlers=".count).split(separator: " ")
            return handlers.contains("sysrq") ? handlers : nil
        }
        let own = Set(nodes.map { $0.path.split(separator: "/").last ?? "" })
        let ours = keyboards.filter { !own.isDisjoint(with: $0) }
        guard !ours.isEmpty, ours.count == keyboards.count else { return }
        throw refusal("console", "it is the only keyboard of the host", "use --force to give it nevertheless")
    }

    private func refuseDisplay() throws {
        guard reached.contains(where: { [.gpu, .fb].contains($0.kind) }), try Self.isDisplay(device, contents) else {
            return
        }
        throw refusal("display", "the host shows its console on it", "give --only render; or use --force")
    }

    /// The kinds that are left out of a device which is the screen of the host, unless the document names kinds.
    ///
    /// - Throws: `in-use` if it presents nothing else.
    static func kindsOfDisplay(
        _ device: PhysicalDevice, _ contents: PhysicalContents, _ kinds: LogicalKinds
    ) throws -> Set<LogicalKind> {
        let screen: Set<LogicalKind> = [.gpu, .fb]
        guard kinds == .all, contents.devices.contains(where: { !screen.contains($0.kind) }),
            try isDisplay(device, contents)
        else { return [] }
        return screen
    }

    /// Whether the firmware has used the card as the screen, or the console is on its frame buffer.
    private static func isDisplay(_ device: PhysicalDevice, _ contents: PhysicalContents) throws -> Bool {
        func text(_ path: FilePath) throws -> Substring? {
            try ifThere { () throws(SystemError) in try readText(path) }?.split(separator: "\n").first
        }
        if try text(device.directory.appending("boot_vga")) == "1" { return true }
        guard contents.devices.contains(where: { $0.kind == .fb && $0.name == "fb0" }) else { return false }
        let consoles = FilePath("/sys/class/vtconsole")
        for name in try ifThere({ () throws(SystemError) in try directoryEntries(consoles) }) ?? [] {
            let console = consoles.appending(name)
            guard try text(console.appending("bind")) == "1",
                try text(console.appending("name"))?.contains("frame buffer") == true
            else { continue }
            return true
        }
        return false
    }

    /// An interface that is not given, but can be reached through the device's own node.
    private func refuseUsedInterface(_ context: AttachContext) throws {
        for logical in reached where !kinds.contains(logical.kind) {
            guard case .interface(_, let index) = logical.content else { continue }
            let sockets = try context.interfaces
            guard let link = try sockets.host.link(index), link.name == LinkName(logical.name) else { continue }
            let snapshot = try InterfaceSnapshot(of: link, on: sockets.host, uppers: sockets.uppers)
            try InterfaceGuards(
                snapshot: snapshot, uppers: sockets.uppers, sshConnection: context.backend.sshConnection
            ).check(on: sockets.host)
        }
    }

    private func refuseHeld() throws {
        let numbers = Set(nodes.map(\.number))
        guard let handle = try OpenDeviceScan.firstHandle(of: numbers, device: device.name) else { return }
        throw refusal(
            "held", "process \(handle.process) (\(handle.command)) has it open", "end that process, or use --force")
    }
}
