internal import Containers
internal import DeviceAccess
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

/// Why something was not done, in the terms of the command line's contract.
public struct PassthroughError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kinds of failure; the raw values are those of the JSON error document.
    public enum Code: String, Hashable, Sendable {
        case usage
        case invalidDocument = "invalid-document"
        case noSuchFile = "no-such-file"
        case noSuchContainer = "no-such-container"
        case noSuchDevice = "no-such-device"
        case notAttached = "not-attached"
        case alreadyAttached = "already-attached"
        case inUse = "in-use"
        case busy
        case nameTaken = "name-taken"
        case notSupported = "not-supported"
        case notPermitted = "not-permitted"
        case kernel
        case incompleteUndo = "incomplete-undo"
        case `internal`
    }

    /// The kind of failure.
    public var code: Code
    /// What was tried, on what, and why it failed.
    public var message: String
    /// The device it was about, where it was about one.
    public var device: String?
    /// The container it was about, where it was about one.
    public var container: String?
    /// What the user can do.
    public var hint: String?
    /// Whether the reason is about to go away by itself, and who waits for the device waits for that too.
    package var isPassing = false

    /// An error of a kind.
    public init(_ code: Code, _ message: String, device: String? = nil, container: String? = nil, hint: String? = nil) {
        self.code = code
        self.message = message
        self.device = device
        self.container = container
        self.hint = hint
    }

    /// The message, and the hint behind it.
    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    /// The same error, with what could not be put back after it.
    package func with(failedUndo failures: [String]) -> PassthroughError {
        guard !failures.isEmpty else { return self }
        var copy = self
        copy.code = .incompleteUndo
        copy.message += "; and not everything could be put back: " + failures.joined(separator: "; ")
        copy.hint = "hostdev recover tries again"
        return copy
    }

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
        case let error as UnreadableRecord: self.init(.incompleteUndo, error.description, hint: error.remedy)
        case let error as NetlinkError: self.init(Self.code(error.code), error.description)
        case let error as SystemError: self.init(Self.code(error.code), error.description)
        case let error as ContainerError: self.init(error)
        case let error as DeviceAccessError: self.init(error)
        case let error as NodeDeviceError: self.init(error)
        default: self.init(.internal, "\(cause)")
        }
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
        self.init(code, error.description, hint: error.remedy)
    }

    init(_ error: NodeDeviceError) {
        let code: Code =
            switch error.code {
            case .notFound, .wrongKind: .noSuchDevice
            case .ambiguous: .usage
            case .kernel: .kernel
            }
        self.init(code, error.description, hint: error.remedy)
    }
}
