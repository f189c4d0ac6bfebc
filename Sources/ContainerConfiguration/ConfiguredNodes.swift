internal import HostdevModel
internal import LinuxSystem
internal import NodeDevices
internal import Passthrough
internal import SystemPackage

/// What a document says of a device's nodes that configurations can say too.
struct ConfiguredNodes {
    struct Node {
        /// The host's, by the name that a configuration keeps.
        let path: String
        /// In the container.
        let target: String
        let number: DeviceNumber
    }

    let nodes: [Node]
    let isReadOnly: Bool

    /// Nil for a device that has no nodes of its own.
    ///
    /// - Throws: what the configuration of any engine cannot say, by `unsayable` with what and what instead.
    init?(_ hostdev: Hostdev, unsayable: (String, String) -> PassthroughError) throws {
        guard let request = NodeOptions(hostdev.device) else { return nil }
        if request.isShareable { throw unsayable("that it is shared", "leave <shareable/> out") }
        if request.permissions != NodePermissions() {
            throw unsayable("permissions", "leave <permissions/> out, or attach it --live at each start")
        }
        isReadOnly = request.isReadOnly
        switch hostdev.device {
        case .scsi(let scsi):
            if scsi.targetAddress != nil {
                throw unsayable("an address in the container", "leave <target> out, or attach it --live at each start")
            }
            let subject = try DeviceNodeSource(scsi)
            guard case .name = scsi.source else {
                throw unsayable(
                    "how the unit is found, only names, which may be another unit's after a restart",
                    "name it as it is called now, --scsi \(subject.name), or by a link that stays, --misc /dev/tape/by-id/…"
                )
            }
            nodes = subject.nodes.map { Node(path: $0.path.string, target: $0.path.string, number: $0.number) }
        case .misc(let file): nodes = [try Self.node(file, .character)]
        case .storage(let file): nodes = [try Self.node(file, .block)]
        default: return nil
        }
        guard nodes.allSatisfy({ $0.path.hasPrefix("/dev/") }) else {
            throw unsayable("a node that is not below /dev", "give it by its name there")
        }
    }

    private static func node(_ file: DeviceFile, _ kind: DeviceNumber.Kind) throws -> Node {
        Node(
            path: file.source.description, target: (file.target ?? file.source).description,
            number: try DeviceNodes().node(file.source, kind).number)
    }
}

/// What is at the path of a node on the host; nil if nothing is.
func hostNode(_ path: String) throws(SystemError) -> FileStatus? {
    do throws(SystemError) {
        return try ifThere { () throws(SystemError) in try FileStatus.of(FilePath(path)) }
    } catch {
        // A path that no file can have, or one that leads round in a circle.
        guard error.code == .fileNameTooLong || error.code == .tooManySymbolicLinkLevels else { throw error }
        return nil
    }
}

/// Whether a name can stand in configurations, which shell scripts read too.
func isPlain(_ name: String) -> Bool {
    name.utf8.allSatisfy { byte in
        (0x21...0x7E).contains(byte) && !"\"'`\\$;&|<>()*?[]{}~#!^,".utf8.contains(byte)
    }
}

extension Hostdev {
    /// The device with a node on the host: SCSI generic's nodes are no others', and the others of a unit are as well known
    /// by themselves. Nil for a file that is no device, and for what no document can name.
    ///
    /// - Parameter kind: what is known of a node that the host does not have now. Where nothing is, it is taken for a character
    ///   device's.
    init?(node path: String, target: String? = nil, isReadOnly: Bool, kind: DeviceNumber.Kind? = nil) throws {
        guard path.hasPrefix("/dev/"), let source = try? DevicePath(path) else { return nil }
        let name = path.dropFirst("/dev/".count)
        if target == nil, name.hasPrefix("sg"), UInt32(name.dropFirst(2)) != nil, let name = try? NodeName(name) {
            self.init(.scsi(SCSIDevice(source: .name(name), isReadOnly: isReadOnly)))
            return
        }
        let status = try hostNode(path)
        if let status, status.device == nil { return nil }
        var file = DeviceFile(source: source, isReadOnly: isReadOnly)
        if let target {
            guard let target = try? DevicePath(target) else { return nil }
            file.target = target
        }
        self.init((status?.device?.kind ?? kind) == .block ? .storage(file) : .misc(file))
    }
}
