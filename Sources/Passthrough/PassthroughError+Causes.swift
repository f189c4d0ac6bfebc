internal import Containers
internal import DeviceAccess
internal import LinuxSystem
internal import Netlink
internal import NodeDevices
internal import SystemPackage

extension PassthroughError {
    /// The failure of a lower layer in the terms of this one.
    init(_ cause: any Error) {
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
