internal import LinuxSystem
internal import SystemPackage

/// A container with a configuration of LXC's, `PATH/NAME/config`, whether it runs or not.
public struct LXCConfiguredContainer: ConfiguredContainer {
    /// The name of LXC in references.
    public static let engine = "lxc"

    private let place: LXCPlace
    private var file: FilePath { place.directory.appending("config") }

    /// The full reference.
    public var reference: ContainerReference { ContainerReference(engine: Self.engine, name: place.reference) }
    /// The path of the configuration, which may be a symbolic link.
    public var path: String { file.string }

    /// Finds a container by its name below LXC's path, or by `/PATH/NAME`.
    public init(_ name: String) throws(ContainerError) {
        place = LXCPlace(name)
        guard isFileName(place.name) ? try isThere(file) : false else {
            throw ContainerError(.noSuchContainer, "there is no LXC container '\(name)': there is no \(file)")
        }
    }

    /// Returns all containers below LXC's own path.
    public static func all() throws(ContainerError) -> [LXCConfiguredContainer] {
        let path = FilePath(LXCPlace.ownPath)
        let names = try engineState { () throws(SystemError) in try directoryEntries(path) } ?? []
        var all: [LXCConfiguredContainer] = []
        // What has no configuration is no container.
        for name in names where try isThere(path.appending(name).appending("config")) {
            all.append(try LXCConfiguredContainer(name))
        }
        return all
    }

    /// The file from which Proxmox VE regenerates the configuration at each start. Nil on any other host.
    public var regeneratedFrom: String? {
        get throws(ContainerError) {
            guard place.path == "/var/lib/lxc" else { return nil }
            let owner: FilePath = FilePath("/etc/pve/lxc").appending("\(place.name).conf")
            return try isThere(owner) ? owner.string : nil
        }
    }

    /// Reads the configuration and the files that it includes.
    public func text() throws(ContainerError) -> LXCConfig {
        do throws(SystemError) {
            return try LXCConfig(file)
        } catch {
            throw ContainerError(Self.engine, error)
        }
    }

    /// Takes the lock that LXC's library takes while it saves a configuration.
    public func lock(until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws -> AnyObject {
        try LXCLock(place, until: deadline, whileWaiting: whileWaiting)
    }
}
