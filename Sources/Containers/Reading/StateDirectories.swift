internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// Returns whether a name can be that of a file in an engine's directory, and so leads nowhere else.
func isFileName(_ name: String) -> Bool {
    !name.isEmpty && !name.contains("/") && name != "." && name != ".." && !name.utf8.contains(0)
}

/// Returns the paths of the entries of a directory. None when there is no such directory.
func entries(in directory: FilePath) throws(ContainerError) -> [FilePath] {
    let names = try engineState { () throws(SystemError) in try directoryEntries(directory) } ?? []
    return names.map { directory.appending($0) }
}

/// Returns the paths of the entries of several directories.
func entries(in all: [FilePath]) throws(ContainerError) -> [FilePath] {
    var found: [FilePath] = []
    for directory in all { found += try entries(in: directory) }
    return found
}

/// Returns whether a name is a full id of podman or docker: 64 hexadecimal digits.
func isFullID(_ name: String) -> Bool {
    name.utf8.count == 64 && name.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
}

/// Returns the container with a name, or with the beginning of an id, among those with state directories, whose names are the
/// ids. As with podman and docker, a name comes before the beginning of an id, which has to be unique.
///
/// The states are read one after the other up to that of the name. When none is found, an error for one that cannot be read is
/// thrown, since it may be the container.
func select(
    _ name: String, of engine: String, among directories: [FilePath],
    claim: (FilePath) throws(ContainerError) -> ContainerClaim?
) throws(ContainerError) -> ContainerClaim? {
    var matches: [(id: String, claim: ContainerClaim)] = []
    var problem: ContainerError?
    for directory in directories {
        let id = directory.lastComponent?.string ?? ""
        do throws(ContainerError) {
            guard let claim = try claim(directory) else { continue }
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

/// Reads a part of an engine's state. Returns nil when it does not exist. The error is `engine` when it cannot be read, since
/// nobody knows then whether there is a container.
func engineState<Value: ~Copyable>(
    _ call: () throws(SystemError) -> Value
) throws(ContainerError) -> Value? {
    do throws(SystemError) {
        return try ifThere(call)
    } catch {
        throw ContainerError(error.code == .permissionDenied ? .notPermitted : .engine, "\(error)")
    }
}

/// Returns whether a path of an engine's state exists. A path below a directory that this program may not search counts as
/// one that does not. The error is `engine` when it could not be found out.
func isThere(_ path: FilePath) throws(ContainerError) -> Bool {
    do throws(SystemError) {
        return try ifSeen { () throws(SystemError) in try FileStatus.of(path) } != nil
    } catch {
        throw ContainerError(.engine, "\(error)")
    }
}

extension RunningContainers {
    /// Runs a part of a listing. An error becomes a problem, and does not stop the rest.
    mutating func collect(_ body: (inout RunningContainers) throws(ContainerError) -> Void) {
        do throws(ContainerError) {
            try body(&self)
        } catch {
            problems.append(error)
        }
    }
}
