internal import LinuxSystem
internal import SystemPackage

/// podman's list of containers with an image, `containers.json` of containers/storage. A rename changes it, but not the
/// arguments of conmon(8). Containers with a root directory instead of an image are not in it.
///
/// It is searched as bytes in the form that Go writes, since it holds a kilobyte for each stopped container of the host.
struct PodmanStore {
    private let bytes: [UInt8]

    /// Reads the list in a directory. Returns nil when there is none.
    init?(_ directory: FilePath) throws(ContainerError) {
        let bytes = try engineState { () throws(SystemError) in try readBytes(directory.appending("containers.json")) }
        guard let bytes else { return nil }
        self.bytes = bytes
    }

    /// The lists at podman's default path, one for each storage driver.
    static var usual: [PodmanStore] {
        get throws(ContainerError) {
            var stores: [PodmanStore] = []
            for directory in try entries(in: "/var/lib/containers/storage")
            where directory.string.hasSuffix("-containers") {
                if let store = try PodmanStore(directory) { stores.append(store) }
            }
            return stores
        }
    }

    /// Returns the name of the container with an id, or nil when it is not in the list.
    func name(of id: String) -> String? {
        let before = "{\"id\":\"\(id)\(Self.between)"
        guard let place = firstIndex(of: before, in: bytes) else { return nil }
        let rest = bytes[(place + before.utf8.count)...]
        return String(decoding: rest.prefix { $0 != UInt8(ascii: "\"") }, as: UTF8.self)
    }

    /// Returns the id of the container with a name, or nil when it is not in the list.
    func id(of name: String) -> String? {
        guard let place = firstIndex(of: "\(Self.between)\(name)\"", in: bytes) else { return nil }
        let id = String(decoding: bytes[..<place].suffix(64), as: UTF8.self)
        return isFullID(id) ? id : nil
    }

    // podman gives a container one name.
    private static let between = "\",\"names\":[\""
}
