internal import LinuxSystem
internal import SystemPackage

/// podman's list of its containers with an image, `containers.json` of containers/storage: a rename changes it, and not
/// the arguments of conmon(8). What has a root directory instead of an image is not in it.
///
/// It is searched as bytes, in the form that Go writes: each stopped container of the host has a kilobyte in it.
struct PodmanStore {
    private let bytes: [UInt8]

    /// Nil: podman has no container with an image there.
    init?(_ folder: FilePath) throws(ContainerError) {
        let bytes = try engineState { () throws(SystemError) in try readBytes(folder.appending("containers.json")) }
        guard let bytes else { return nil }
        self.bytes = bytes
    }

    /// Those that podman has unless it is told otherwise, one for each storage driver.
    static var usual: [PodmanStore] {
        get throws(ContainerError) {
            var stores: [PodmanStore] = []
            for folder in try folders(in: "/var/lib/containers/storage") where folder.string.hasSuffix("-containers") {
                if let store = try PodmanStore(folder) { stores.append(store) }
            }
            return stores
        }
    }

    /// The name of a container. Nil: it is not in the list.
    func name(of id: String) -> String? {
        let before = "{\"id\":\"\(id)\(Self.between)"
        guard let place = firstIndex(of: before, in: bytes) else { return nil }
        let rest = bytes[(place + before.utf8.count)...]
        return String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    /// The id of the container of a name. Nil: it is not in the list.
    func id(of name: String) -> String? {
        guard let place = firstIndex(of: "\(Self.between)\(name)\"", in: bytes) else { return nil }
        let id = String(decoding: bytes[..<place].suffix(64), as: UTF8.self)
        return isFullID(id) ? id : nil
    }

    // podman gives a container one name.
    private static let between = "\",\"names\":[\""
}
