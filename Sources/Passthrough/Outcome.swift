/// What a run did.
public struct Outcome: Hashable, Sendable {
    /// What was attached, or is back.
    public var attached: [Attachment]
    /// What was detached, or withdrawn from a container because it has left the host.
    public var detached: [Attachment] = []
    /// What was left alone because it is as it should be.
    public var unchanged: [Attachment] = []
    /// What will not be restored of what was attached, or would be.
    public var unrestorable: [Unrestorable] = []
    /// The processes that still have open what was detached.
    public var openHandles: [OpenHandle] = []
    /// What is not known of devices that were detached.
    package var notes: [String] = []
    /// What could not be restored of devices that were detached.
    var failures: [PassthroughError] = []

    /// What a run did; by default nothing.
    public init(
        attached: [Attachment] = [], detached: [Attachment] = [], unchanged: [Attachment] = [],
        unrestorable: [Unrestorable] = [], openHandles: [OpenHandle] = []
    ) {
        self.attached = attached
        self.detached = detached
        self.unchanged = unchanged
        self.unrestorable = unrestorable
        self.openHandles = openHandles
    }

    /// Adds what another part of the run did.
    mutating func add(_ other: Outcome) {
        attached += other.attached
        detached += other.detached
        unchanged += other.unchanged
        failures += other.failures
    }
}

/// What a run would do.
public struct Plan: Hashable, Sendable {
    /// The steps in their order.
    public let steps: [Step]
    /// What will not be restored when the devices return to the host.
    public let unrestorable: [Unrestorable]

    /// A plan from its parts.
    public init(steps: [Step], unrestorable: [Unrestorable] = []) {
        self.steps = steps
        self.unrestorable = unrestorable
    }

    init(_ dryRun: (outcome: Outcome, steps: [Step])) {
        self.init(steps: dryRun.steps, unrestorable: dryRun.outcome.unrestorable)
    }
}

/// One step of a plan, as `--dry-run` prints it and `-v` as it happens.
public struct Step: Hashable, Sendable, CustomStringConvertible {
    /// What is done: `move`, `set-address`, `make-node`.
    public let step: String
    /// To which device.
    public let device: String
    /// The particulars.
    public let detail: String

    /// A step from its parts.
    public init(_ step: String, _ device: String, _ detail: String) {
        self.step = step
        self.device = device
        self.detail = detail
    }

    /// `move eth0: to pid:42 as lan0`.
    public var description: String { "\(step) \(device): \(detail)" }
}

/// What will not be restored when a device returns to the host.
public struct Unrestorable: Hashable, Sendable, CustomStringConvertible {
    /// The device's name on the host.
    public let device: String
    /// What is lost: `qdisc red 1:, which cannot be read in full`.
    public let what: String

    /// Something from its parts.
    public init(_ device: String, _ what: String) {
        self.device = device
        self.what = what
    }

    /// `eth0 cannot be had back with qdisc red 1:, which cannot be read in full`.
    public var description: String { "\(device) cannot be had back with \(what)" }

    /// The same as a step of a plan.
    var step: Step { Step("lost", device, what) }
}
