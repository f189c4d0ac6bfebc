public import Containers
public import HostdevModel
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

extension Backend {
    /// Attaches devices to a running container, all or none, as soon as they and the container are there, and udev(7) has
    /// finished with them.
    ///
    /// While it waits it holds no lock.
    ///
    /// - Parameters:
    ///   - hostdevs: the devices.
    ///   - reference: the container.
    ///   - limit: how long to wait. After that, the error is that of the last attempt.
    public func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, waiting limit: Duration
    ) throws(PassthroughError) -> Outcome {
        try attach(hostdevs, to: reference, waiting: limit, dryRun: false).outcome
    }

    /// The same, or with `dryRun` waits too, changes nothing, and says the steps.
    package func attach(
        _ hostdevs: [Hostdev], to reference: ContainerReference, waiting limit: Duration, dryRun: Bool
    ) throws(PassthroughError) -> (outcome: Outcome, steps: [Step]) {
        do {
            let deadline = ContinuousClock.now.advanced(by: limit)
            // It listens first and looks then: what comes in between is announced.
            let arrivals = try Arrivals()
            while true {
                do throws(PassthroughError) {
                    return try attach(hostdevs, to: reference, dryRun: dryRun)
                } catch {
                    guard error.isOfAbsence(of: reference) || error.isPassing else { throw error }
                    guard ContinuousClock.now < deadline else { throw error.after(limit) }
                }
                try arrivals.wait(until: deadline)
                try endIfInterrupted()
            }
        } catch {
            throw PassthroughError(error)
        }
    }
}

/// Whatever tells that a device or a container may have come.
private struct Arrivals: ~Copyable {
    private let links: LinkMonitor
    private let devices: UeventMonitor
    /// A namespace gets its name by a mount.
    private let mounts: Descriptor

    init() throws {
        let links = try LinkMonitor()
        let devices = try UeventMonitor()
        mounts = try Descriptor.open("/proc/thread-self/mountinfo")
        self.links = links
        self.devices = devices
    }

    /// Waits for the next one. Not everything is announced: an alternative name of an interface that is down is not, nor is
    /// an engine's container. For them it is time to look again after a second.
    func wait(until deadline: ContinuousClock.Instant) throws {
        let events = [AwaitedEvent(links.file), AwaitedEvent(devices.file), AwaitedEvent(mounts.file, .change)]
        _ = try awaitEvents(events, until: min(deadline, .now.advanced(by: .seconds(1))))
        links.drain()
        devices.drain()
    }
}

extension PassthroughError {
    /// Whether it says that something is not there which may come yet. A process that is not there never comes: its
    /// number says nothing of one that will have it.
    fileprivate func isOfAbsence(of reference: ContainerReference) -> Bool {
        code == .noSuchDevice || (code == .noSuchContainer && reference.engine != "pid")
    }

    fileprivate func after(_ limit: Duration) -> PassthroughError {
        var copy = self
        copy.message += "; waited \(limit / .seconds(1)) seconds for it"
        return copy
    }
}
