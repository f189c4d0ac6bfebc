import LinuxSystem
import SystemPackage

@testable import DeviceAccess

/// A container's root on the host's disk, with an empty `/dev`, and a folder of the host's beside it that nothing may
/// get at. Both go with this value.
final class TestRoot: Sendable {
    private let folder: TemporaryFolder
    let path: FilePath
    let outside: FilePath

    init() throws {
        folder = try TemporaryFolder()
        path = folder.path.appending("root")
        outside = folder.path.appending("outside")
        try makeDirectories(path.appending("dev"))
        try makeDirectories(outside)
    }

    func root() throws -> RootDirectory { try RootDirectory(path) }

    /// All entries below the root, with what they are: `dev/sg3 b 7:3 0640 1:2`.
    var tree: [String] { get throws { try Self.tree(path) } }
    /// The same for the host's folder.
    var outsideTree: [String] { get throws { try Self.tree(outside) } }

    private static func tree(_ folder: FilePath, _ prefix: String = "") throws -> [String] {
        try directoryEntries(folder).flatMap { name in
            let entry = folder.appending(name)
            let status = try FileStatus.of(entry, followingLinks: false)
            let owner = "0\(String(status.mode, radix: 8)) \(status.user):\(status.group)"
            return switch status.kind {
            case .directory: ["\(prefix)\(name)/ \(owner)"] + (try tree(entry, "\(prefix)\(name)/"))
            case .device(let number): ["\(prefix)\(name) \(number) \(owner)"]
            case .symbolicLink: ["\(prefix)\(name) -> \(try readLink(entry))"]
            case .regular, .other: ["\(prefix)\(name) file \(owner)"]
            }
        }
    }
}
