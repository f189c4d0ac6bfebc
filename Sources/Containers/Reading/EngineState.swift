internal import LinuxSystem
internal import SystemPackage

/// What an engine keeps somewhere; nil where that is not there. What cannot be read is `engine`: whether there is a container
/// of it is not known then.
func engineState<Value: ~Copyable>(
    _ look: () throws(SystemError) -> Value
) throws(ContainerError) -> Value? {
    do throws(SystemError) {
        return try ifThere(look)
    } catch {
        throw ContainerError(error.code == .permissionDenied ? .notPermitted : .engine, "\(error)")
    }
}

extension RunningContainers {
    /// Does a part of a look at engines; what cannot be looked at is a problem, and hides nothing else.
    mutating func look(_ body: (inout RunningContainers) throws(ContainerError) -> Void) {
        do throws(ContainerError) {
            try body(&self)
        } catch {
            problems.append(error)
        }
    }
}
