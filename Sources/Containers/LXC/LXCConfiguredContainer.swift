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
        guard isFileName(place.name), (try? FileStatus.of(file)) != nil else {
            throw ContainerError(.noSuchContainer, "there is no LXC container '\(name)': there is no \(file)")
        }
    }

    /// Returns all containers below LXC's own path.
    public static func all() throws(ContainerError) -> [LXCConfiguredContainer] {
        let names = (try? directoryEntries(FilePath(LXCPlace.ownPath))) ?? []
        return names.compactMap { try? LXCConfiguredContainer($0) }
    }

    /// The file from which Proxmox VE regenerates the configuration at each start. Nil on any other host.
    public var regeneratedFrom: String? {
        let owner: FilePath = FilePath("/etc/pve/lxc").appending("\(place.name).conf")
        let isThere = place.path == "/var/lib/lxc" && (try? FileStatus.of(owner)) != nil
        return isThere ? owner.string : nil
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
