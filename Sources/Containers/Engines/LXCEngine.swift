internal import ByteStrings
internal import LinuxSystem
internal import SystemPackage

/// LXC: `lxc:web`, `lxc:/PATH/web`, below `LXC_PATH` or another path.
///
/// LXC keeps no state on disk. A container's monitor, the parent of its init process, answers on the abstract socket
/// `PATH/NAME/command`. The kernel reports the user of the monitor, and whether the init process is the monitor's child.
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
        // Any user may listen on any abstract name.
        guard answer.user == owner else {
            throw none(
                name, "who answers for it is user \(answer.user), but \(place.directory) is user \(owner)'s"
            ).ofKnown
        }
        let proof = child(ofUser: owner, "LXC's monitor of \(place.directory)") {
            ByteString($0.arguments[0]) == ByteString("[lxc monitor] \(place.path) \(place.name)")
        }
        return ContainerClaim(name: place.reference, process: answer.process, proof: proof)
    }

    func claims() -> (claims: [ContainerClaim], problems: [ContainerError]) {
        do throws(SystemError) {
            return claims(about: try LXCPlace.listening().map(\.reference), claim)
        } catch {
            return ([], [ContainerError(name, error)])
        }
    }

    /// The monitor has a list of rules, and replaces its device program when the list changes.
    func deviceRuleDelegate(of name: String) -> DeviceRuleDelegate? {
        let place = LXCPlace(name)
        return DeviceRuleDelegate("LXC's monitor") { (device, access, isAllowed) throws(SystemError) in
            let socket = try Self.monitor(of: place)
            guard try socket.peerUser == Self.owner(of: place) else {
                throw SystemError(.permissionDenied, "ask", "who answers for \(place.directory), which is another user")
            }
            try LXCCommand.setDevice(device, access, isAllowed, socket)
        }
    }

    private static func monitor(of place: LXCPlace) throws(SystemError) -> UnixSocket {
        try UnixSocket(abstract: place.socketName, timeout: .seconds(2))
    }

    private static func owner(of place: LXCPlace) throws(SystemError) -> UInt32 {
        try ifThere { () throws(SystemError) in try FileStatus.of(place.directory).user } ?? 0
    }

    private func failure(_ error: SystemError, _ place: LXCPlace) -> ContainerError {
        guard error.code == .connectionRefused else {
            return ContainerError(.engine, "container lxc:\(place.reference): \(error)")
        }
        // No container in any case. The rest only words the reason.
        let isKnown: Bool
        do throws(ContainerError) {
            isKnown = try isThere(place.directory.appending("config"))
        } catch {
            return error
        }
        let others = ((try? LXCPlace.listening()) ?? []).filter {
            ByteString($0.name) == ByteString(place.name) && $0 != place
        }
        let elsewhere = others.map { "; there is lxc:\($0.directory)" }.joined()
        let reason = none(
            place.reference, (isKnown ? "it is stopped" : "there is none below \(place.path)") + elsewhere)
        return isKnown ? reason.ofKnown : reason
    }
}
