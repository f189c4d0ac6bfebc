/// A device with nodes that goes and comes.
protocol SoakUnit: Sendable {
    /// What chooses it on a command line, whatever its nodes are called now.
    var option: [String] { get }
    /// What a document says of its source, and its type.
    var source: String { get }
    var type: String { get }
    /// The file in which the kernel can be told to announce it again.
    var announcement: String { get }
    var isPresent: Bool { get }
    /// Whether a record is of it.
    func isMeant(by attached: Attached) -> Bool
    /// False: it is there already.
    @discardableResult func plugIn() -> Bool
    /// False: it is in use, or gone already.
    @discardableResult func unplug() -> Bool
}

extension SoakUnit {
    func hostdev(isReadOnly: Bool) -> String {
        "<hostdev mode='capability' type='\(type)'><source \(source)/>\(isReadOnly ? "<readonly/>" : "")</hostdev>"
    }
}
