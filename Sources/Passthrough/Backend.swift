public import Containers
internal import DeviceAccess
internal import LinuxSystem
internal import SystemPackage

/// Attaches devices of the host to containers, and takes them back.
///
/// One value serves any number of calls. Every call locks what it works on, across processes, and either does everything that
/// was asked or reverts what it did.
public struct Backend: Sendable {
    /// Where records and locks are.
    public var state: StateDirectory
    /// How long to wait for a lock that another run holds.
    public var timeout: Duration
    /// Whether guards that can be overridden are.
    public var force: Bool
    /// Called with each event as it happens, on the thread of the call.
    public var observe: @Sendable (Event) -> Void
    /// Called by an attach when everything that it is about to change is recorded, before the first change. A watcher can be
    /// started here, and begins while the kernel works.
    public var whenRecorded: @Sendable () -> Void
    /// Called by an attach with everything that will not be restored, before it changes anything.
    public var warn: @Sendable (Unrestorable) -> Void
    /// Called with each record that cannot be read, whenever a call comes across it. The record is left alone, and stops nothing.
    public var setAside: @Sendable (UnreadableRecord) -> Void = { _ in }
    /// The interfaces that the engine of a running container moves by its configuration; none for a container without one, or
    /// one that does not run. By default none are known.
    package var configuredInterfaces: @Sendable (ContainerReference) throws -> [ConfiguredInterface] = { _ in [] }
    /// The SSH session from which the program was started, as sshd(8) leaves it in SSH_CONNECTION: the addresses and ports of
    /// both ends. A guard keeps the interface that carries it on the host. By default it is read from the environment.
    public var sshConnection: @Sendable () throws -> String? = { try inheritedVariable("SSH_CONNECTION") }
    /// Where the parts of the container are to which a call attaches, for its roll-back: a hook may have been told.
    var containerPaths = ContainerPaths()
    /// Asked between devices, and while waiting: true ends an attach, and reverts what it did.
    public var isInterrupted: @Sendable () -> Bool

    /// A backend with its settings.
    public init(
        state: StateDirectory, timeout: Duration = .seconds(10), force: Bool = false,
        observe: @escaping @Sendable (Event) -> Void = { _ in },
        whenRecorded: @escaping @Sendable () -> Void = {},
        warn: @escaping @Sendable (Unrestorable) -> Void = { _ in },
        isInterrupted: @escaping @Sendable () -> Bool = { false }
    ) {
        self.state = state
        self.timeout = timeout
        self.force = force
        self.observe = observe
        self.whenRecorded = whenRecorded
        self.warn = warn
        self.isInterrupted = isInterrupted
    }

    package func endIfInterrupted() throws {
        guard !isInterrupted() else { throw PassthroughError(.busy, "interrupted by a signal") }
    }

    /// Rules for one container, whose engine may have a say in them.
    func rules(for reference: ContainerReference?) -> DeviceRules {
        DeviceRules(
            stateDirectory: state.path.appending("locks"),
            delegate: reference.flatMap { Containers.deviceRuleDelegate(of: $0) }, timeout: timeout)
    }
    var journal: Journal { Journal(state: state, setAside: setAside) }

    /// No lock yet. The state directory is made for them, unless the run is `dry`.
    func newLocks(dry isDry: Bool = false) throws -> Locks {
        if !isDry { try state.make() }
        return Locks(in: state, until: .now.advanced(by: timeout), isDry: isDry, whileWaiting: endIfInterrupted)
    }

    /// Everything that is or was about to be attached, the oldest first.
    public func attachments() throws(PassthroughError) -> [Attachment] {
        do {
            return try journal.records().map { try Attachment($0, isCommitted: journal.isCommitted($0)) }
        } catch {
            throw PassthroughError(error)
        }
    }

    /// What a container has or was about to get, the oldest first. A container that has died still has what it had.
    public func attachments(of reference: ContainerReference) throws(PassthroughError) -> [Attachment] {
        do {
            return try ContainerLookup(reference).records(in: journal).map {
                try Attachment($0, isCommitted: journal.isCommitted($0))
            }
        } catch {
            throw PassthroughError(error)
        }
    }

    /// The records that cannot be read, and so may be of any attachment; with a reference those that do not say that they are
    /// another container's.
    public func unreadableRecords(
        of reference: ContainerReference? = nil
    ) throws(PassthroughError) -> [UnreadableRecord] {
        do {
            guard let reference else { return try journal.entries().unreadable }
            return try ContainerLookup(reference).unreadable(in: journal)
        } catch {
            throw PassthroughError(error)
        }
    }

    /// Refuses at once what the kernel would refuse in the middle.
    static func requirePrivilege() throws(PassthroughError) {
        let needed: [Capability] = [.netAdmin, .sysAdmin, .mknod, .sysPtrace, .dacOverride]
        let missing: [Capability]
        do throws(SystemError) {
            missing = try Capability.missing(of: needed)
        } catch {
            throw PassthroughError(error)
        }
        guard missing.isEmpty else {
            let names = missing.map(\.description).joined(separator: ", ")
            throw PassthroughError(.notPermitted, "this needs \(names)", hint: Hint(.runAsRoot))
        }
    }
}
