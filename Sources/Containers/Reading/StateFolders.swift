internal import LinuxSystem
internal import SystemPackage

/// Whether a name can be that of a file in an engine's folder: what leads elsewhere is nobody's container.
func isFileName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && name != "." && name != ".." && !name.utf8.contains(0)
}

/// The folders in a folder, with paths; none of one that is not there.
func folders(in folder: FilePath) -> [FilePath] {
    ((try? directoryEntries(folder)) ?? []).map { folder.appending($0) }
}

/// Whether a name is an id as podman and docker give them: 64 hexadecimal digits.
func isFullID(_ name: String) -> Bool {
    name.utf8.count == 64 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}

/// The container of a name or an id among those that run: a full id before a name, a name before the beginning of an
/// id, which must be that of one container only. So podman and docker have it.
func select(
    _ name: String, among candidates: [(id: String, name: String, claim: ContainerClaim)]
) throws(ContainerError) -> ContainerClaim? {
    if let match = candidates.first(where: { $0.id == name }) ?? candidates.first(where: { $0.name == name }) {
        return match.claim
    }
    let matches = candidates.filter { $0.id.hasPrefix(name) }
    guard matches.count < 2 else {
        let all = matches.map { "\($0.name) (\($0.id.prefix(12)))" }.joined(separator: ", ")
        throw ContainerError(.ambiguous, "the ids of several containers begin with '\(name)': \(all)")
    }
    return matches.first?.claim
}
