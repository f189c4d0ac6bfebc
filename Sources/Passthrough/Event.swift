internal import LinuxSystem

/// Something that happens during a call: a step begins, is done, or fails.
public struct Event: Hashable, Sendable {
    /// What happens to the step. Each step that started is finished or has failed afterwards.
    public enum Kind: Hashable, Sendable {
        case started
        case finished
        /// The whole call fails, unless the step was to restore something.
        case failed(PassthroughError)
    }

    /// What happens to the step.
    public let kind: Kind
    /// The step, with the device.
    public let step: Step
    /// The id of the attachment. Nil for a step about a container.
    public let attachment: String?
    /// When it happened: the time since 1970, UTC.
    public let time: Duration

    /// An event from its parts.
    public init(_ kind: Kind, _ step: Step, attachment: String?, time: Duration) {
        self.kind = kind
        self.step = step
        self.attachment = attachment
        self.time = time
    }
}

extension Backend {
    /// Does what some steps say, and tells the observer.
    package func perform<Value>(
        _ steps: some Collection<Step>, of attachment: String? = nil, _ body: () throws -> Value
    ) rethrows -> Value {
        tell(.started, steps, of: attachment)
        do {
            let value = try body()
            tell(.finished, steps, of: attachment)
            return value
        } catch {
            tell(.failed(PassthroughError(error)), steps, of: attachment)
            throw error
        }
    }

    /// Tells the observer of the same event of each step.
    func tell(_ kind: Event.Kind, _ steps: some Collection<Step>, of attachment: String?) {
        for step in steps { observe(Event(kind, step, attachment: attachment, time: timeSince1970())) }
    }
}
