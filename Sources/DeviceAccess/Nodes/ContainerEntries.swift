internal import LinuxSystem
public import SystemPackage

/// The entries that one attachment makes below a container's root.
///
/// The container is hostile: it may move, swap and replace whatever is below its root, at any time. So each operation
/// resolves a directory once, inside the root, and works on that; and it removes nothing but the very file it made.
///
/// The order in which an entry comes about makes a kill at any instruction harmless. The caller writes down the plans
/// and the ID; then ``create(_:in:record:)`` makes the entry under a temporary name that follows from the ID, hands its
/// identity over to be written down, and only then gives it its name. ``remove(_:made:in:)`` needs just what was written.
public struct ContainerNodes: Sendable {
    /// The name under which an entry stands in its directory until it is complete.
    public let temporaryName: String
    let mounts: ContainerMounts?
    private let hostDev: FilePath

    /// The entries of an attachment. No two attachments of a container have the same ID.
    ///
    /// `hostDev` is the host's own directory of nodes, in whose file system nothing is ever changed. `mounts` is needed
    /// for plans with ``EntryPlan/Technique/mounted``, and for all entries in a container with a user namespace.
    public init(id: String, hostDev: FilePath = "/dev", mounts: ContainerMounts? = nil) {
        temporaryName = ".hostdev-\(id)"
        precondition(FilePath.Component(temporaryName) != nil, "an ID that makes no file name")
        self.hostDev = hostDev
        self.mounts = mounts
    }

    /// Opens a directory in which entries are made or removed. Nil where there is none.
    func directory(
        _ path: FilePath, in root: borrowing RootDirectory, for attempt: String
    ) throws(DeviceAccessError) -> Directory? {
        try attempting(attempt) { () throws(SystemError) in
            do throws(SystemError) {
                return try root.directory(path)
            } catch {
                guard error.code == .noSuchFileOrDirectory else { throw error }
                return nil
            }
        }
    }

    /// Whether a directory is in the host's own devtmpfs, which a container may have as its `/dev`.
    func isHosts(_ directory: borrowing Directory, for attempt: String) throws(DeviceAccessError) -> Bool {
        try attempting(attempt) { () throws(SystemError) in
            try DeviceFileSystem.contains(directory.descriptor.status().identity, in: mounts, hostDev: hostDev)
        }
    }
}
