/// Advice on what can be done about a failure: a code, for which a program has words of its own, and what it is about.
public struct Hint: Hashable, Sendable {
    /// What is advised. Later releases may have more codes.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as a word, `run-as-root`.
        public let rawValue: String

        /// A code from its word.
        public init(rawValue: String) { self.rawValue = rawValue }
    }

    /// What is advised.
    public let code: Code
    /// What the advice is about, as its code says; empty for most.
    public let subject: String

    /// Advice about something.
    public init(_ code: Code, _ subject: String = "") {
        self.code = code
        self.subject = subject
    }

    /// Advice in words that name no option of a program: `thaw the container`.
    public static func words(_ text: String) -> Hint { Hint(.words, text) }

    /// Whether it comes with the refusal of a guard that ``Backend/force`` overrides.
    public var isOverridable: Bool { Code.overridable.contains(code) }
}

extension Hint.Code {
    /// The subject says it in words.
    public static let words = Hint.Code(rawValue: "words")
    /// The program needs more privileges.
    public static let runAsRoot = Hint.Code(rawValue: "run-as-root")
    /// Another state directory, or another thing in its place.
    public static let changeStateDirectory = Hint.Code(rawValue: "change-state-directory")
    /// Another run holds a lock: a longer ``Backend/timeout``, or another attempt.
    public static let waitForLock = Hint.Code(rawValue: "wait-for-lock")
    /// ``Backend/recover()`` tries again.
    public static let recover = Hint.Code(rawValue: "recover")
    /// The device filter was changed in place, which is lost when the engine attaches it again: ``Backend/check(_:)`` tells.
    public static let check = Hint.Code(rawValue: "check")
    /// ``Backend/recover()``, run in the mount namespace in which the device was attached.
    public static let recoverInMountNamespace = Hint.Code(rawValue: "recover-in-mount-namespace")
    /// The same call, made in the network namespace in which the device was attached.
    public static let runWhereAttached = Hint.Code(rawValue: "run-where-attached")
    /// To open the network namespace in which the interface is: then it can be returned.
    public static let openNamespace = Hint.Code(rawValue: "open-namespace")
    /// To repair or remove the record that cannot be read.
    public static let repairRecord = Hint.Code(rawValue: "repair-record")
    /// The same; until then, `force` attaches the device although another container may have it.
    public static let repairRecordOrForce = Hint.Code(rawValue: "repair-record-or-force")
    /// The record in the subject cannot be read, and may be of a container that has the device.
    public static let mayBeInContainer = Hint.Code(rawValue: "may-be-in-container")

    /// To name one of several devices.
    public static let nameOne = Hint.Code(rawValue: "name-one")
    /// To name an attachment by its id or its alias.
    public static let selectAttachment = Hint.Code(rawValue: "select-attachment")
    /// To look at the attachments of the container in the subject.
    public static let listAttachments = Hint.Code(rawValue: "list-attachments")
    /// To detach the device from the other container first.
    public static let detachFirst = Hint.Code(rawValue: "detach-first")
    /// The same, or to let both containers share the device.
    public static let detachFirstOrShare = Hint.Code(rawValue: "detach-first-or-share")
    /// The same, or `force`.
    public static let detachFirstOrForce = Hint.Code(rawValue: "detach-first-or-force")
    /// The engine takes the device in its configuration, for the next start of the container.
    public static let configure = Hint.Code(rawValue: "configure")
    /// To take an entry out of the configuration first, or `force`.
    public static let removeEntryOrForce = Hint.Code(rawValue: "remove-entry-or-force")
    /// To attach what the USB device presents: nodes and interfaces.
    public static let attachUSBParts = Hint.Code(rawValue: "attach-usb-parts")
    /// To attach what the PCI function presents: nodes and interfaces.
    public static let attachPCIParts = Hint.Code(rawValue: "attach-pci-parts")

    /// To take the interface out of its bridge, bond or other master.
    public static let removeFromMaster = Hint.Code(rawValue: "remove-from-master")
    /// To remove the interfaces on top of it. The kernel deletes them when it moves.
    public static let removeUpperLinks = Hint.Code(rawValue: "remove-upper-links")
    /// The same, where they stay without the interface in the subject.
    public static let removeLastingUpperLinks = Hint.Code(rawValue: "remove-lasting-upper-links")
    /// To look in network namespaces that could not be looked into.
    public static let inspectNamespaces = Hint.Code(rawValue: "inspect-namespaces")
    /// To use an SSH session over another interface.
    public static let changeSession = Hint.Code(rawValue: "change-session")
    /// To give the host another default route.
    public static let changeDefaultRoute = Hint.Code(rawValue: "change-default-route")
    /// To wait until udev has finished with the device.
    public static let waitForUdev = Hint.Code(rawValue: "wait-for-udev")
    /// To remove an address from an interface that would go along.
    public static let removeAddress = Hint.Code(rawValue: "remove-address")
    /// To look whether the container's interface is the host's.
    public static let inspectInterface = Hint.Code(rawValue: "inspect-interface")
    /// To rename another interface of the host; with `force`, the one in the subject returns under another name.
    public static let renameOther = Hint.Code(rawValue: "rename-other")
    /// To rename the interface in the subject on the host.
    public static let renameOnHost = Hint.Code(rawValue: "rename-on-host")
    /// Another name in the container.
    public static let changeTargetName = Hint.Code(rawValue: "change-target-name")

    /// Another owner or group of the node.
    public static let changePermissions = Hint.Code(rawValue: "change-permissions")
    /// To let the container's root search the directory in the subject, or another path of the node.
    public static let makeReachable = Hint.Code(rawValue: "make-reachable")
    /// To end the host's own use of the device.
    public static let endHostUse = Hint.Code(rawValue: "end-host-use")

    fileprivate static let overridable: Set<Hint.Code> = [
        .repairRecordOrForce, .detachFirstOrForce, .removeEntryOrForce, .removeFromMaster, .removeUpperLinks,
        .removeLastingUpperLinks, .inspectNamespaces, .changeSession, .changeDefaultRoute, .waitForUdev,
        .removeAddress, .inspectInterface, .renameOther, .endHostUse,
    ]
}
