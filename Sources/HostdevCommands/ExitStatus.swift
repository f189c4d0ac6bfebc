internal import Passthrough

/// The exit statuses, those of sysexits(3).
enum ExitStatus: Int32, Error {
    case failed = 1
    case drift = 2
    case usage = 64
    case badData = 65
    case noInput = 66
    case unavailable = 69
    case software = 70
    case outputLost = 74
    case temporary = 75
    case noPermission = 77

    init(_ code: PassthroughError.Code) {
        switch code {
        case .usage: self = .usage
        case .invalidDocument: self = .badData
        case .noSuchFile: self = .noInput
        case .noSuchContainer, .noSuchDevice, .notAttached: self = .unavailable
        case .inUse, .busy: self = .temporary
        case .notPermitted: self = .noPermission
        case .internal: self = .software
        case .alreadyAttached, .nameTaken, .notSupported, .kernel, .incompleteUndo: self = .failed
        }
    }
}
