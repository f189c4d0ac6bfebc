internal import Containers
internal import DeviceAccess
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
public import SystemPackage

/// Why something was not done, or not undone.
public struct PassthroughError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; the raw values are those of the JSON error document. Later releases may have more.
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as a word, `no-such-device`.
        public let rawValue: String

        /// A code from its word.
        public init(rawValue: String) { self.rawValue = rawValue }

        /// What was asked for has no meaning, or several.
        public static let usage = Code(rawValue: "usage")
        /// A document asks for what cannot be.
        public static let invalidDocument = Code(rawValue: "invalid-document")
        /// A file is not there.
        public static let noSuchFile = Code(rawValue: "no-such-file")
        /// The container does not run, or has ended meanwhile.
        public static let noSuchContainer = Code(rawValue: "no-such-container")
        /// The host does not have the device.
        public static let noSuchDevice = Code(rawValue: "no-such-device")
        /// The container does not have the device.
        public static let notAttached = Code(rawValue: "not-attached")
        /// The container has the device.
        public static let alreadyAttached = Code(rawValue: "already-attached")
        /// Another container or the host uses the device.
        public static let inUse = Code(rawValue: "in-use")
        /// Another run or program works on it; another attempt may succeed.
        public static let busy = Code(rawValue: "busy")
        /// Something else has the name.
        public static let nameTaken = Code(rawValue: "name-taken")
        /// The kernel, the engine or the device does not permit it.
        public static let notSupported = Code(rawValue: "not-supported")
        /// A privilege is missing.
        public static let notPermitted = Code(rawValue: "not-permitted")
        /// The kernel refused something: ``PassthroughError/errno``.
        public static let kernel = Code(rawValue: "kernel")
        /// Not everything could be restored: ``PassthroughError/failures``.
        public static let incompleteUndo = Code(rawValue: "incomplete-undo")
        /// A fault of the library.
        public static let `internal` = Code(rawValue: "internal")
    }

    /// The kind of failure.
    public var code: Code
    /// What was tried, on what, and why it failed.
    public var message: String
    /// The device it was about, where it was about one.
    public var device: String?
    /// The container it was about, where it was about one.
    public var container: String?
    /// What can be done about it.
    public var hint: Hint?
    /// The kernel's number of the error, where the kernel refused something.
    public var errno: Errno?
    /// With `incompleteUndo`, the kind of the failure after which something was to be restored. Nil where the return of the
    /// devices was asked for.
    public private(set) var cause: Code?
    /// With `incompleteUndo`, what could not be restored: each with its own code and device.
    public private(set) var failures: [PassthroughError] = []
    /// The attachments that a selector may mean, where it means several.
    public package(set) var candidates: [Attachment] = []
    /// Whether the reason is about to go away by itself, and who waits for the device waits for that too.
    package var isPassing = false

    /// An error of a kind.
    public init(
        _ code: Code, _ message: String, device: String? = nil, container: String? = nil, hint: Hint? = nil,
        errno: Errno? = nil
    ) {
        self.code = code
        self.message = message
        self.device = device
        self.container = container
        self.hint = hint
        self.errno = errno
    }

    /// The error of a return of devices in which not everything could be restored.
    public init(incompleteUndo failures: [PassthroughError], hint: Hint? = nil) {
        self.init(.incompleteUndo, "not everything could be restored", hint: hint)
        self.failures = failures
    }

    /// The message, with what could not be restored.
    public var description: String {
        guard !failures.isEmpty else { return message }
        return "\(message): " + failures.map(\.description).joined(separator: "; ")
    }

    /// The same error, with what could not be put back after it.
    package func with(failedUndo failures: [PassthroughError]) -> PassthroughError {
        guard !failures.isEmpty else { return self }
        var copy = self
        copy.cause = cause ?? code
        copy.code = .incompleteUndo
        copy.failures += failures
        copy.hint = Hint(.recover)
        return copy
    }

    /// The failures that it consists of: itself, unless it is of a return that was asked for.
    var parts: [PassthroughError] { cause == nil && !failures.isEmpty ? failures : [self] }

    /// The same error, about a device and a container where it names none yet.
    package func about(device: String? = nil, container: String? = nil) -> PassthroughError {
        var copy = self
        copy.device = self.device ?? device
        copy.container = self.container ?? container
        return copy
    }
}

extension PassthroughError {
    /// The failure of a lower layer in the terms of this one.
    package init(_ cause: any Error) {
        switch cause {
        case let error as PassthroughError: self = error
        case let error as UnreadableRecord:
            self.init(.incompleteUndo, error.description, hint: Hint(.repairRecord))
        case let error as NetlinkError: self.init(Self.code(error.code), error.description, errno: error.code)
        case let error as SystemError: self.init(Self.code(error.code), error.description, errno: error.code)
        case let error as ContainerError: self.init(error)
        case let error as DeviceAccessError: self.init(error)
        case let error as NodeDeviceError: self.init(error)
        default: self.init(.internal, "\(cause)")
        }
    }

    /// The failure of a step that was to restore something of a device.
    package init(restoring device: String, _ cause: any Error) {
        self.init(cause)
        message = "\(device): \(message)"
        self.device = self.device ?? device
    }

    private static func code(_ code: Errno) -> Code {
        code == .notPermitted || code == .permissionDenied ? .notPermitted : .kernel
    }

    init(_ error: ContainerError) {
        let code: Code =
            switch error.code {
            case .invalidReference, .ambiguous: .usage
            case .noSuchContainer: .noSuchContainer
            case .busy: .busy
            case .notPermitted: .notPermitted
            case .kernel, .engine: .kernel
            }
        self.init(code, error.description)
    }

    init(_ error: DeviceAccessError) {
        let code: Code =
            switch error.code {
            case .nameTaken, .alreadyThere, .replaced: .nameTaken
            case .hostDevtmpfs, .userNamespace, .mountedNodev, .notSupported, .occupied: .notSupported
            case .notPermitted: .notPermitted
            case .busy: .busy
            case .groupGone: .noSuchContainer
            case .invalidPath: .invalidDocument
            case .readOnly, .notEmpty, .parentDenies, .overruled, .cannotAsk, .kernel: .kernel
            }
        self.init(code, error.description, hint: error.remedy.map(Hint.words))
    }

    init(_ error: NodeDeviceError) {
        let code: Code =
            switch error.code {
            case .notFound, .wrongKind: .noSuchDevice
            case .ambiguous: .usage
            case .kernel: .kernel
            }
        self.init(code, error.description, hint: error.remedy.map(Hint.words))
    }
}
