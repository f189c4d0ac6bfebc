internal import Containers
internal import LinuxSystem
internal import Netlink
internal import SystemPackage

extension PassthroughError {
    /// The failure of a lower layer in the terms of this one.
    init(_ cause: any Error) {
        switch cause {
        case let error as PassthroughError: self = error
        case let error as NetlinkError: self.init(Self.code(error.code), error.description)
        case let error as SystemError: self.init(Self.code(error.code), error.description)
        case let error as ContainerError: self.init(error)
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
            case .notPermitted: .notPermitted
            case .kernel: .kernel
            }
        self.init(code, error.description)
    }
}
