internal import LinuxSystem
internal import SystemPackage

/// Runs a test's body on a host that exists for it alone: new network and mount namespaces with an empty `/run` and a
/// loopback interface, on a thread of their own. All of it goes with the thread, whether the body returns or throws.
///
/// Sockets opened and programs started in the body are on that host.
public func onThrowawayHost<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
    try onOwnThread { () throws(any Error) in
        try unshareNamespaces([.network, .mount])
        try Mount.fileSystem("tmpfs", on: "/run")
        try sh("ip link set lo up")
        return try body()
    }
}
