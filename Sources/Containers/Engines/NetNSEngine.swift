internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// A bind-mounted network namespace, as ip-netns(8) makes it: `netns:blue` or `netns:/path`. It has no process and no files, so
/// it takes interfaces only.
///
/// A symbolic link is refused: vzctl leaves links to `/proc/PID/ns/net`, which lead to whatever process has that id later.
struct NetNSEngine: ContainerEngine {
    let name = "netns"
    let abilities = EngineAbilities(
        live: [.interfaces],
        alternative: "a bare network namespace has no files: name the container, or a process of it, as in pid:4242")
    let namesContainers = false
    private static let directory: FilePath = "/run/netns"

    func container(_ name: String) throws(ContainerError) -> Container {
        let reference = ContainerReference(engine: self.name, name: name)
        guard name.hasPrefix("/") || (!name.contains("/") && name != "." && name != "..") else {
            throw ContainerError(.invalidReference, "'\(reference)' is neither a name nor an absolute path")
        }
        let path = FilePath(ByteString(name.hasPrefix("/") ? name : "\(Self.directory)/\(name)"))
        do throws(SystemError) {
            // A path of proc is accepted, since it names a process explicitly.
            let isProcess = name.hasPrefix("/") ? try isProcessLink(path) : false
            let network =
                isProcess ? try Namespace(.network, path: path) : try Namespace(.network, mountedOn: path)
            return Container(reference: reference, process: nil, network: network, files: nil)
        } catch {
            switch error.code {
            case .noSuchFileOrDirectory, .notDirectory:
                throw ContainerError(.noSuchContainer, "there is no network namespace \(path)")
            case .tooManySymbolicLinkLevels:
                let target = (try? readLink(path)).map { " to \($0)" } ?? ""
                throw ContainerError(
                    .noSuchContainer,
                    "\(path) is a link\(target), and no namespace that is mounted: what is there now may be another's "
                        + "(name the container, or its process as in pid:4242)"
                ).ofKnown
            case .invalidArgument:
                throw ContainerError(.noSuchContainer, "\(path) is no network namespace")
            case .permissionDenied, .notPermitted:
                throw ContainerError(.notPermitted, "container \(reference): \(error)")
            default: throw ContainerError(.kernel, "container \(reference): \(error)")
            }
        }
    }

    func running() -> RunningContainers {
        var running = RunningContainers()
        running.collect { running throws(ContainerError) in
            for name in try entries(in: Self.directory).compactMap({ $0.lastComponent?.string }) {
                do throws(ContainerError) {
                    let found = try container(name)
                    running.containers.append(
                        ContainerSummary(
                            reference: found.reference, process: nil, startTime: nil, network: found.network.identity,
                            hasUserNamespace: false, group: nil))
                } catch {
                    if error.code != .noSuchContainer { running.problems.append(error) }
                }
            }
        }
        return running
    }
}
