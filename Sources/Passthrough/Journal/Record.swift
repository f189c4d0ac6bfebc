internal import ByteStrings
internal import Containers
internal import HostdevModel
internal import LinuxSystem
internal import XMLTree

/// An attachment in the journal: a versioned envelope around what its kind of device changed. It is all that another process
/// needs in order to list the attachment, finish it or revert it.
struct Record: Sendable {
    /// The version that this release writes. Release 0.1.0 wrote no version, and is read as version 1.
    static let version = 2

    /// The attachment's id for its life: 16 hexadecimal digits.
    var id: String
    /// The id of the attach that made the record: all attachments of one transaction come into being, or none.
    var transaction: String
    /// Whether a detach of it has begun.
    var isDetaching = false
    /// When it was attached, in seconds since 1970, UTC.
    var since: Int64
    /// The container that has the device.
    var container: ContainerIdentity
    /// What was asked for.
    var hostdev: Hostdev
    /// What was changed, or is about to be.
    var change: any DeviceChange
}

/// What one kind of device writes into a record: enough to revert what was changed, and nothing that can be looked up again.
protocol RecordPayload: Sendable {
    /// The name of the payload's element, by which ``DeviceKinds`` reads it again. It never changes.
    static var tag: String { get }
    /// Reads the payload, and refuses values that cannot be: a record that was damaged or copied may be well-formed.
    init(_ element: RecordElement) throws
    /// The payload as an element with the name of the tag.
    var element: XMLNode { get }
}

extension Record {
    /// The record as a document.
    ///
    /// - Throws: an error when the hostdev has a part that no document can hold.
    var xml: String {
        get throws {
            var element = XMLNode("attachment")
            element.add("id", id)
            element.add("version", String(Self.version))
            element.add("transaction", transaction)
            element.add("state", isDetaching ? "detaching" : "attached")
            element.add("since", String(since))
            element.children = [container.element, try hostdev.element, change.element]
            return try element.xml() + "\n"
        }
    }

    /// Reads a record.
    ///
    /// - Parameter name: the file's name, for messages.
    /// - Throws: an error that says what is missing or wrong. This module alone writes records, so one that cannot be read is
    ///   damaged, or was written by a later release.
    init(parsing bytes: [UInt8], name: String) throws {
        let document = try XMLDocument(parsing: bytes)
        let element = RecordElement(document.root, in: name)
        guard element.name == "attachment" else { throw element.error("is no record of an attachment") }
        let version: Int = try element.has("version") ? element.number("version") : 1
        guard (1...Self.version).contains(version) else {
            throw element.error("is of version \(version), which this release does not know")
        }
        id = try element.text("id")
        transaction = try element.text("transaction")
        isDetaching = try element.text("state") == "detaching"
        since = try element.number("since")
        container = try ContainerIdentity(element.child("container"))
        hostdev = try Hostdev(reading: element.child("hostdev").element, of: document, name: name)
        guard let payload = element.children.last else { throw element.error("says no device") }
        change = try DeviceKinds.change(payload)
    }

    /// What in the envelope cannot be, so that nothing of the record can be relied on; nil when there is nothing.
    ///
    /// - Parameter file: the id that the name of its file says.
    func fault(in file: String) -> String? {
        if !Journal.isID(id) { return "it has a wrong id" }
        if id != file { return "it is the record of another attachment, \(id)" }
        if !Journal.isID(transaction) { return "it has a wrong transaction" }
        return (try? ContainerReference(container.reference)) == nil ? "it has a wrong container" : nil
    }
}

// What the device is to the lifecycle.
extension Record {
    /// The name on the host by which messages call the device.
    var hostName: String { change.hostName }
    /// All names by which the host knows, or knew, the device.
    var hostNames: Set<ByteString> { change.hostNames(of: hostdev) }
    /// The lock that every run takes before it changes the device.
    var lockName: String { change.lockName }

    /// Whether it is a record, or the record of a part of that device.
    func isPart(of other: Record) -> Bool { id.utf8.prefix(Journal.idLength).elementsEqual(other.id.utf8) }

    /// Whether a container has the device.
    func isOf(_ container: ContainerIdentity) -> Bool {
        change.isInNetworkNamespace
            ? self.container.network == container.network : self.container.isSame(as: container)
    }

    /// Whether it is of the device that a document means, by the name there or another one.
    func isOf(_ wanted: Device) throws -> Bool {
        try hostdev.device.source == wanted.source || change.isDevice(wanted, attachedAs: hostdev)
    }

    /// The refusal of a device that is attached already.
    func taken(by container: ContainerIdentity) -> PassthroughError {
        let holder = self.container.reference
        let isHere = isOf(container)
        return PassthroughError(
            isHere ? .alreadyAttached : .inUse, "\(hostName) is attached to \(holder)", device: hostName,
            container: holder, hint: isHere ? nil : Hint(.detachFirst))
    }
}
