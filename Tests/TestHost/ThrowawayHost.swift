internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Runs a test's body on a host that exists for it alone: new network and mount namespaces with an empty `/run` and a
/// loopback interface, on a thread of their own. All of it goes with the thread, whether the body returns or throws.
///
/// Sockets opened and programs started in the body are on that host.
public func onThrowawayHost<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
    try onOwnThread { () throws(any Error) in
        try unshareNamespaces([.network, .mount])
        defer { endWatchers() }
        try Mount.fileSystem("tmpfs", on: "/run")
        try sh("ip link set lo up")
        return try body()
    }
}

/// The watchers that attaches have started on the calling thread's host: programs there that no test has started.
public func watchers() -> [Int32] {
    guard let here = try? readLink("/proc/thread-self/ns/mnt") else { return [] }
    return ((try? directoryEntries("/proc")) ?? []).compactMap { Int32($0) }.filter { id in
        (try? readLink(processFile(id, "ns/mnt"))) == here && (try? readLink(processFile(id, "exe"))) == Program.path
            && (try? ProcessStatus(of: id))?.parent != getpid()
    }
}

/// Ends them, so that no failing test leaves one behind.
private func endWatchers() {
    for id in watchers() {
        guard let process = try? ProcessDescriptor(id) else { continue }
        kill(id, SIGKILL)
        _ = try? awaitEvents([AwaitedEvent(process.file)])
    }
}
