internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// `lxc:web`, `lxc:/PATH/web`: a container of LXC's, below its `LXC_PATH` or another.
///
/// There is no state on disk. Its monitor, the parent of its init process, answers on an abstract socket with the name
/// `PATH/NAME/command`; the kernel says whose it is, and whether the process is the monitor's child.
struct LXCEngine: ProcessEngine {
    let name = LXCConfiguredContainer.engine
    let abilities = EngineAbilities(config: [.interfaces, .nodes])

    func claim(_ name: String) throws(ContainerError) -> ContainerClaim {
        let place = LXCPlace(name)
        guard isFileName(place.name) else { throw none(name, "'\(place.name)' is no name") }
        let answer: (user: UInt32, process: Int32)
        do throws(SystemError) {
            let socket = try Self.monitor(of: place)
            answer = (try socket.peerUser, try LXCCommand.initProcess(socket))
        } catch {
            throw failure(error, place)
        }
        let owner: UInt32
        do throws(SystemError) {
            owner = try Self.owner(of: place)
        } catch {
            throw ContainerError(name, error)
        }
        // Anybody may listen under any abstract name.
        guard answer.user == owner else {
            throw none(
                name, "who answers for it is user \(answer.user), but \(place.folder) is user \(owner)'s"
            ).ofKnown
        }
        let proof = child(ofUser: owner, "LXC's monitor of \(place.folder)") {
            ByteString($0.arguments[0]) == ByteString("[lxc monitor] \(place.path) \(place.name)")
        }
        return ContainerClaim(name: place.reference, process: answer.process, proof: proof)
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        var claims: [ContainerClaim] = []
        var problems: [ContainerError] = []
        do throws(SystemError) {
            for place in try LXCPlace.listening() {
                do throws(ContainerError) {
                    claims.append(try claim(place.reference))
                } catch {
                    if error.code != .noSuchContainer { problems.append(error) }
                }
            }
        } catch {
            problems.append(ContainerError(name, error))
        }
        return (claims, problems)
    }

    /// Its monitor has the program made anew from its list of rules.
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate? {
        let place = LXCPlace(name)
        return DeviceRuleDelegate("LXC's monitor") { (device, access, isAllowed) throws(SystemError) in
            let socket = try Self.monitor(of: place)
            guard try socket.peerUser == Self.owner(of: place) else {
                throw SystemError(.permissionDenied, "ask", "who answers for \(place.folder), which is another user")
            }
            try LXCCommand.setDevice(device, access, isAllowed, socket)
        }
    }

    private static func monitor(of place: LXCPlace) throws(SystemError) -> UnixSocket {
        try UnixSocket(abstract: place.socketName, timeout: .seconds(2))
    }

    private static func owner(of place: LXCPlace) throws(SystemError) -> UInt32 {
        try ifThere { () throws(SystemError) in try FileStatus.of(place.folder).user } ?? 0
    }

    private func failure(_ error: SystemError, _ place: LXCPlace) -> ContainerError {
        guard error.code == .connectionRefused else {
            return ContainerError(.engine, "container lxc:\(place.reference): \(error)")
        }
        // All of them no container, whatever the reason that is said.
        let others = ((try? LXCPlace.listening()) ?? []).filter {
            ByteString($0.name) == ByteString(place.name) && $0 != place
        }
        let isKnown = (try? FileStatus.of(place.folder.appending("config"))) != nil
        let elsewhere = others.map { "; there is lxc:\($0.folder)" }.joined()
        let reason = none(
            place.reference, (isKnown ? "it is stopped" : "there is none below \(place.path)") + elsewhere)
        return isKnown ? reason.ofKnown : reason
    }
}
