/// One step of a plan, as `--dry-run` prints it and `-v` as it happens.
public struct Step: Hashable, Sendable, CustomStringConvertible {
    /// What is done: `move`, `set-address`, `make-node`.
    public let step: String
    /// To which device.
    public let device: String
    /// The particulars.
    public let detail: String

    /// A step from its parts.
    init(_ step: String, _ device: String, _ detail: String) {
        self.step = step
        self.device = device
        self.detail = detail
    }

    /// `move eth0: to pid:42 as lan0`.
    public var description: String { "\(step) \(device): \(detail)" }
}
