public import Passthrough

extension Hint.Code {
    /// To leave the configuration alone, and attach at each start of the container.
    public static let attachAtStart = Hint.Code(rawValue: "attach-at-start")
    /// To look at the configuration of the container in the subject.
    public static let listConfigured = Hint.Code(rawValue: "list-configured")
    /// To attach without vzctl.
    public static let withoutVZCtl = Hint.Code(rawValue: "without-vzctl")
    /// The same, or to have vzctl change the running container too.
    public static let withoutVZCtlOrLive = Hint.Code(rawValue: "without-vzctl-or-live")
    /// The same, or to repair the configuration first.
    public static let repairOrWithoutVZCtl = Hint.Code(rawValue: "repair-or-without-vzctl")
}
