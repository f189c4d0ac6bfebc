internal import Containers
internal import HostdevModel
internal import Passthrough

/// A configuration that can say which devices a container is to have.
protocol DeviceConfiguration: ConfigurationText {
    /// All devices that it has, in its order.
    var entries: [ConfiguredEntry] { get throws }
    /// All networks that it gives the container, whoever wrote them.
    var networks: [ConfiguredNetwork] { get }
    /// What would say a device. What it cannot say is `invalid-document`: nothing of a document is dropped without a word. What
    /// it says already is ``ConfiguredAlready``.
    func entries(for hostdev: Hostdev) throws -> [ConfiguredEntry]
    /// Adds what ``entries(for:)`` has said.
    mutating func add(_ entry: ConfiguredEntry)
    /// Takes one of ``entries`` away.
    mutating func remove(_ entry: ConfiguredEntry) throws
    /// In what respect an entry, whose device is on the host, says something else than what is there.
    func difference(of entry: ConfiguredEntry) throws -> ConfigurationDifference?
    /// What keeps the container from starting, by the key that says it.
    func faults() throws -> [(key: String, difference: ConfigurationDifference)]
    /// What a user should know of what was added.
    func warnings(_ added: [Attachment], of container: Container) -> [String]

    /// Whose it is.
    associatedtype Container
}

/// What a configuration says already.
struct ConfiguredAlready: Error {
    let entry: ConfiguredEntry

    /// What a user is told.
    func error(in path: String, about hostdev: Hostdev) -> PassthroughError {
        PassthroughError(
            .alreadyAttached, "\(path) has \(entry.text) in \(entry.place) already", device: "\(hostdev)")
    }
}

/// A container whose configuration can say that.
protocol DeviceConfigured: ConfiguredContainer where Text: DeviceConfiguration, Text.Container == Self {
    /// Refuses a change where it would be of no use, since somebody writes the configuration anew at each start.
    func refuseAddition(_ entries: [ConfiguredEntry]) throws
    /// The same of what is to be taken out.
    func refuseRemoval(_ entries: [ConfiguredEntry]) throws
}

extension DeviceConfigured {
    func refuseAddition(_ entries: [ConfiguredEntry]) throws {}
    func refuseRemoval(_ entries: [ConfiguredEntry]) throws {}
}

extension Hostdev {
    /// The refusal of what no configuration of an engine's can say.
    func unsayable(_ what: String, by engine: String, _ instead: String) -> PassthroughError {
        PassthroughError(
            .invalidDocument, "\(self): \(engine)'s configuration cannot say \(what)", device: "\(self)",
            hint: .words(instead))
    }
}
