internal import ArgumentParser
internal import HostdevModel
internal import NodeDevices
internal import Passthrough

/// `hostdev nodedev`.
struct NodeDeviceVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodedev", abstract: "Shows the devices of the host.",
        subcommands: [NodeDeviceList.self, NodeDeviceDump.self])
}

/// `hostdev nodedev list`.
struct NodeDeviceList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the names of the host's devices.")

    @Option(
        help: ArgumentHelp("List only devices with one of these capabilities, separated by commas.", valueName: "name"))
    var cap: [String] = []

    @Flag(help: "Show the devices as a tree.")
    var tree = false

    @OptionGroup var common: CommonOptions

    func validate() throws {
        guard !tree || cap.isEmpty else {
            throw ValidationError("--tree shows all devices, so it cannot be combined with --cap")
        }
        for word in words where !Self.known.contains(word) {
            throw ValidationError("\(word) is not a capability: expected \(Self.known.joined(separator: ", "))")
        }
    }

    private static let known = [
        "system", "net", "pci", "scsi", "scsi_generic", "scsi_host", "scsi_target", "storage", "usb_device",
    ]

    private var words: [String] { cap.flatMap { $0.split(separator: ",").map(String.init) } }

    func run() throws {
        let words = Set(words)
        let devices = try inventory().filter { device in
            words.isEmpty || device.capabilities.contains { words.contains($0.type) }
        }
        try common.output.output.print(NodeDevicesDocument(devices)) {
            tree ? DeviceTree(devices).lines : devices.map(\.name.description)
        }
    }
}

/// `hostdev nodedev dumpxml`.
struct NodeDeviceDump: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dumpxml", abstract: "Prints a device of the host as an XML document.")

    @Argument(help: "The name of the device, as shown by list.")
    var name: String

    @Flag(help: "Print the hostdev that attaches it to a container.")
    var hostdev = false

    @OptionGroup var common: CommonOptions

    func run() throws {
        guard let device = try inventory().first(where: { $0.name.description == name }) else {
            throw PassthroughError(
                .noSuchDevice, "the host has no device \(name)", device: name,
                hint: .words("hostdev nodedev list shows the names"))
        }
        let xml = try hostdev ? document(device) : device.xml()
        try common.output.output.print(xml: xml)
    }

    private func document(_ device: NodeDevice) throws -> String {
        guard let hostdev = device.hostdev else {
            let types = device.capabilities.map(\.type).joined(separator: ", ")
            throw PassthroughError(
                .notSupported, "\(name) cannot be attached to a container: its type is \(types)", device: name,
                hint: .words("hostdev nodedev list --tree shows the devices below it, which may be attachable"))
        }
        return try hostdev.xml()
    }
}

private func inventory() throws -> [NodeDevice] {
    do throws(NodeDeviceError) {
        return try Inventory().devices()
    } catch {
        throw PassthroughError(.kernel, error.description, hint: error.remedy.map(Hint.words))
    }
}

/// The devices of the host as a tree, in the layout of virsh(1).
struct DeviceTree {
    private let children: [NodeDeviceName: [NodeDeviceName]]

    init(_ devices: [NodeDevice]) {
        var children: [NodeDeviceName: [NodeDeviceName]] = [:]
        for device in devices { if let parent = device.parent { children[parent, default: []].append(device.name) } }
        self.children = children
    }

    var lines: [String] { ["\(NodeDeviceName.computer)"] + lines(below: .computer) }

    private func lines(below parent: NodeDeviceName) -> [String] {
        let names = children[parent] ?? []
        return names.enumerated().flatMap { index, name in
            let isAfterOthersChildren = index > 0 && children[names[index - 1]] != nil
            let stem = index == 0 || isAfterOthersChildren ? ["  |"] : []
            let margin = index + 1 < names.count ? "  | " : "    "
            return stem + ["  +- \(name)"] + lines(below: name).map { margin + $0 }
        }
    }
}

struct NodeDevicesDocument: Encodable {
    struct Entry: Encodable {
        let name: String
        let parent: String?
        let path: String?
        let node: String?
        let driver: String?
        let capabilities: [String]
    }

    let devices: [Entry]

    init(_ devices: [NodeDevice]) {
        self.devices = devices.map {
            Entry(
                name: $0.name.description, parent: $0.parent?.description, path: $0.path?.description,
                node: $0.node?.description, driver: $0.driver, capabilities: $0.capabilities.map(\.type))
        }
    }
}
