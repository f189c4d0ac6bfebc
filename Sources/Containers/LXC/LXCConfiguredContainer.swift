internal import LinuxSystem
internal import SystemPackage

/// A container that LXC has a configuration of, `PATH/NAME/config`, whether it runs or not.
public struct LXCConfiguredContainer: ConfiguredContainer {
    /// How references call LXC.
    public static let engine = "lxc"

    private let place: LXCPlace
    private var file: FilePath { place.folder.appending("config") }

    /// Its full reference.
    public var reference: ContainerReference { ContainerReference(engine: Self.engine, name: place.reference) }
    /// Its configuration, which may be a symbolic link.
    public var path: String { file.string }

    /// By its name below LXC's path, or `/PATH/NAME`.
    public init(_ name: String) throws(ContainerError) {
        place = LXCPlace(name)
        guard isFileName(place.name), (try? FileStatus.of(file)) != nil else {
            throw ContainerError(.noSuchContainer, "there is no LXC container '\(name)': there is no \(file)")
        }
    }

    /// All below LXC's own path.
    public static func all() throws(ContainerError) -> [LXCConfiguredContainer] {
        let names = (try? directoryEntries(FilePath(LXCPlace.ownPath))) ?? []
        return names.compactMap { try? LXCConfiguredContainer($0) }
    }

    /// The file from which Proxmox VE writes the configuration anew at each start. Nil: nobody does.
    public var regeneratedFrom: String? {
        let owner: FilePath = FilePath("/etc/pve/lxc").appending("\(place.name).conf")
        let isThere = place.path == "/var/lib/lxc" && (try? FileStatus.of(owner)) != nil
        return isThere ? owner.string : nil
    }

    /// What the configuration, and what it includes, says now.
    public func text() throws(ContainerError) -> LXCConfig {
        do throws(SystemError) {
            return try LXCConfig(file)
        } catch {
            throw ContainerError(Self.engine, error)
        }
    }

    /// The one that LXC's library takes while it saves a configuration.
    public func lock(until deadline: ContinuousClock.Instant, whileWaiting: () throws -> Void) throws -> AnyObject {
        try LXCLock(place, until: deadline, whileWaiting: whileWaiting)
    }
}
