internal import Glibc
internal import LinuxSystem
internal import SystemPackage

/// Runs a test's body on a host that exists for it alone: new network and mount namespaces with an empty `/run` and a
/// loopback interface, on a thread of their own. All of it goes with the thread, whether the body returns or throws.
///
/// Sockets opened and programs started in the body are on that host. Expectations in it count as those of the calling test.
public func onThrowawayHost<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
    try inTaskOnOwnThread {
        try unshareNamespaces([.network, .mount])
        defer { endWatchers() }
        try Mount.fileSystem("tmpfs", on: "/run")
        try sh("ip link set lo up")
        return try body()
    }
}

/// Runs a body on a thread that is made for it, in a task that inherits the task-local values of the caller.
///
/// Swift Testing finds the running test in such a value. On a thread without it, a failed expectation is reported once for
/// each test that happens to run, and fails none of them.
private func inTaskOnOwnThread<Value: Sendable>(_ body: () throws -> Value) throws -> Value {
    try withoutActuallyEscaping(body) { body in
        // The task's one job is over when this returns: only one thread at a time uses these.
        nonisolated(unsafe) let body = body
        nonisolated(unsafe) var result: Result<Value, any Error>?
        let executor = DeferringExecutor()
        Task(executorPreference: executor) { unsafe result = Result { unsafe try body() } }
        try onOwnThread { () throws(any Error) in executor.run() }
        guard let result = unsafe result else { preconditionFailure("a test's body suspended") }
        return try result.get()
    }
}

/// Keeps the job of a task until it is told to run it, on the thread that tells it.
private final class DeferringExecutor: TaskExecutor {
    // Written by the thread that creates the task, and read by a thread that is started after that.
    private nonisolated(unsafe) var job: UnownedJob?

    func enqueue(_ job: consuming ExecutorJob) {
        unsafe self.job = UnownedJob(job)
    }

    func run() {
        unsafe job?.runSynchronously(on: asUnownedTaskExecutor())
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
