internal import LinuxSystem
internal import SystemPackage

/// A container with an OpenVZ conf, whether it runs or not.
public struct OpenVZContainer: ConfiguredContainer {
    /// The name of OpenVZ in references.
    public static let engine = "openvz"

    /// The id: a number, or with OpenVZ 7 a UUID.
    public let id: String
    let host: OpenVZHost

    /// The full reference.
    public var reference: ContainerReference { ContainerReference(engine: Self.engine, name: id) }
    /// Whether this host has an OpenVZ kernel.
    public var hasKernel: Bool { host.mode != .upstream }
    /// The path of the conf, which may be a symbolic link.
    public var path: String { confPath.string }
    var confPath: FilePath { OpenVZHost.confDirectory.appending("\(id).conf") }

    /// Finds a container by its id or its name.
    public init(_ name: String) throws(ContainerError) {
        try self.init(name, on: try OpenVZHost())
    }

    init(_ name: String, on host: OpenVZHost) throws(ContainerError) {
        self.host = host
        if Self.isID(name), try isThere(OpenVZHost.confDirectory.appending("\(name).conf")) {
            id = name
        } else {
            id = try Self.id(ofName: name)
        }
    }

    private init(id: String, on host: OpenVZHost) {
        self.id = id
        self.host = host
    }

    /// Returns all containers with a conf.
    public static func all() throws(ContainerError) -> [OpenVZContainer] {
        let names = try engineState { () throws(SystemError) in try directoryEntries(OpenVZHost.confDirectory) } ?? []
        let ids = names.filter { $0.hasSuffix(".conf") }.map { String($0.dropLast(5)) }.filter(isID)
        guard !ids.isEmpty else { return [] }
        let host = try OpenVZHost()
        return ids.map { OpenVZContainer(id: $0, on: host) }
    }

    /// Reads the conf.
    public func text() throws(ContainerError) -> OpenVZConf {
        do throws(SystemError) {
            return OpenVZConf(bytes: try readConfiguration(confPath), id: id, onlyLastLineCounts: host.mode == .seven)
        } catch {
            throw ContainerError(Self.engine, error)
        }
    }

    /// Takes vzctl's lock of the container.
    public func lock(until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws -> AnyObject {
        try OpenVZLock(id, in: host.lockDirectory, files: lockedFiles(), until: deadline, whileWaiting: whileWaiting)
    }

    /// Returns the private area, which contains the container's files.
    private func privateArea() throws(ContainerError) -> FilePath? {
        if let path = try text().value("VE_PRIVATE"), path.hasPrefix("/") { return FilePath(path) }
        return host.path("VE_PRIVATE", id: id)
    }

    /// Returns the files that OpenVZ 7 locks besides vzctl's own lock, in its order.
    private func lockedFiles() throws(ContainerError) -> [FilePath] {
        guard host.mode == .seven else { return [] }
        let directories = [try privateArea().map { ($0, ".lck") }, ("/var/vz", "\(id).conf.lck")].compactMap(\.self)
        var files: [FilePath] = []
        for (directory, name) in directories where try isThere(directory) { files.append(directory.appending(name)) }
        return files
    }

    /// Returns whether a text is an id. Number 0 is the host.
    static func isID(_ text: String) -> Bool {
        text != "0" && !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == "-") }
    }

    /// Returns the id of the container with a name. `names/NAME` is a symbolic link to the conf: `/etc/vz/conf/101.conf`, or
    /// with OpenVZ 7 `ve.conf` in the private area, which contains the id.
    private static func id(ofName name: String) throws(ContainerError) -> String {
        let none = ContainerError(
            .noSuchContainer,
            "there is no OpenVZ container '\(name)': neither \(OpenVZHost.confDirectory)/\(name).conf nor "
                + "\(OpenVZHost.namesDirectory)/\(name)")
        guard isFileName(name) else { throw none }
        let link = OpenVZHost.namesDirectory.appending(name)
        guard let target = try linkTarget(link), let file = FilePath(target).lastComponent else { throw none }
        var id = file.stem
        if file.string == "ve.conf" {
            let bytes = try engineState { () throws(SystemError) in try readBytes(link) } ?? []
            id = OpenVZConf(bytes: bytes, id: "").value("VEID") ?? ""
        }
        guard isID(id) else { throw none }
        guard try isThere(OpenVZHost.confDirectory.appending("\(id).conf")) else {
            throw ContainerError(
                .noSuchContainer, "OpenVZ container '\(name)' is number \(id), which has no conf any more")
        }
        return id
    }

    /// Returns where a link leads; nil when there is none, or something else than a link.
    private static func linkTarget(_ link: FilePath) throws(ContainerError) -> String? {
        try engineState { () throws(SystemError) -> String? in
            do throws(SystemError) {
                return try readLink(link)
            } catch {
                guard error.code == .invalidArgument else { throw error }
                return nil
            }
        } ?? nil
    }
}
