internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// Whether a name can be that of a file in an engine's folder: what leads elsewhere is nobody's container.
func isFileName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && name != "." && name != ".." && !name.utf8.contains(0)
}

/// The folders in a folder, with paths; none of one that is not there.
func folders(in folder: FilePath) throws(ContainerError) -> [FilePath] {
    let names = try engineState { () throws(SystemError) in try directoryEntries(folder) } ?? []
    return names.map { folder.appending($0) }
}

/// The same of several, one after the other.
func folders(in all: [FilePath]) throws(ContainerError) -> [FilePath] {
    var found: [FilePath] = []
    for folder in all { found += try folders(in: folder) }
    return found
}

/// Whether a name is an id as podman and docker give them: 64 hexadecimal digits.
func isFullID(_ name: String) -> Bool {
    name.utf8.count == 64 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}

/// The container of a name or of the beginning of an id among those with state folders, which have their ids for names. A
/// name comes before the beginning of an id, which must be that of one container only: so podman and docker have it.
///
/// They are read one after the other, up to that of the name. What cannot be read may be what was meant.
func select(
    _ name: String, of engine: String, among folders: [FilePath],
    claim: (FilePath) throws(ContainerError) -> ContainerClaim?
) throws(ContainerError) -> ContainerClaim? {
    var matches: [(id: String, claim: ContainerClaim)] = []
    var problem: ContainerError?
    for folder in folders {
        let id = folder.lastComponent?.string ?? ""
        do throws(ContainerError) {
            guard let claim = try claim(folder) else { continue }
            if ByteString(claim.name) == ByteString(name) { return claim }
            if ByteString(id).hasPrefix(ByteString(name)) { matches.append((id, claim)) }
        } catch {
            if error.code == .engine { problem = problem ?? error }
        }
    }
    guard matches.count < 2 else {
        let all = matches.map { "\(engine):\($0.claim.name) (\($0.id.prefix(12)))" }.joined(separator: ", ")
        throw ContainerError(.ambiguous, "the ids of several containers begin with '\(name)': \(all)")
    }
    if let problem, matches.isEmpty { throw problem }
    return matches.first?.claim
}
