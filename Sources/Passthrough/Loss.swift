/// What cannot be had back when a device comes home.
public struct Loss: Hashable, Sendable, CustomStringConvertible {
    /// The device's name on the host.
    public let device: String
    /// What is lost: `qdisc red 1:, which cannot be read in full`.
    public let what: String

    init(_ device: String, _ what: String) {
        self.device = device
        self.what = what
    }

    /// `eth0 cannot be had back with qdisc red 1:, which cannot be read in full`.
    public var description: String { "\(device) cannot be had back with \(what)" }

    /// The same as a step of a plan.
    var step: Step { Step("lost", device, what) }
}
