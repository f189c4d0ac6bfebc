internal import Glibc

/// Runs a body on a thread that is made for it, and returns what it returned. To make the thread takes some 30 µs.
///
/// `setns(2)` and `unshare(2)` act on one thread, so that a namespace is left when the thread ends.
///
/// - Throws: what the body throws; EAGAIN when no thread can be made.
public func onOwnThread<Value: Sendable & ~Copyable>(_ body: () throws(SystemError) -> Value) throws(SystemError)
    -> Value
{
    try run(body) { $0 }
}

/// Runs a body that throws any error on a thread that is made for it.
public func onOwnThread<Value: Sendable & ~Copyable>(_ body: () throws(any Error) -> Value) throws(any Error) -> Value {
    try run(body) { $0 }
}

private func run<Value: Sendable & ~Copyable, Failure: Error>(
    _ body: () throws(Failure) -> Value, _ failure: (SystemError) -> Failure
) throws(Failure) -> Value {
    try withoutActuallyEscaping(body) { (escapable) throws(Failure) in
        let work = Work<Value, Failure>(escapable)
        var thread = pthread_t()
        let context = unsafe Unmanaged.passUnretained(work).toOpaque()
        let code = codeCall {
            unsafe pthread_create(
                &thread, nil,
                { context in
                    guard let context = unsafe context else { return nil }
                    unsafe Unmanaged<AnyWork>.fromOpaque(context).takeUnretainedValue().run()
                    return nil
                }, context)
        }
        if let code { throw failure(SystemError(code, "start", "a thread")) }
        pthread_join(thread, nil)
        return try work.result()
    }
}

/// A thread that runs a body, and is joined by whoever started it.
public struct StartedThread: ~Copyable, Sendable {
    private let thread: pthread_t

    /// Starts a thread.
    ///
    /// - Throws: EAGAIN when no thread can be made.
    public init(_ body: @escaping @Sendable () -> Void) throws(SystemError) {
        let work = unsafe Unmanaged<AnyWork>.passRetained(Work<Void, Never>(body))
        let context = unsafe work.toOpaque()
        var thread = pthread_t()
        let code = codeCall { unsafe pthread_create(&thread, nil, runRetained, context) }
        if let code {
            unsafe work.release()
            throw SystemError(code, "start", "a thread")
        }
        self.thread = thread
    }

    /// Waits for the end of the body.
    public consuming func join() { pthread_join(thread, nil) }
}

private func runRetained(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context = unsafe context else { return nil }
    unsafe Unmanaged<AnyWork>.fromOpaque(context).takeRetainedValue().run()
    return nil
}

private class AnyWork {
    func run() {}
}

private final class Work<Value: Sendable & ~Copyable, Failure: Error>: AnyWork {
    private let body: () throws(Failure) -> Value
    private var value: Value?
    private var failure: Failure?

    init(_ body: @escaping () throws(Failure) -> Value) {
        self.body = body
    }

    override func run() {
        do throws(Failure) {
            value = try body()
        } catch {
            failure = error
        }
    }

    func result() throws(Failure) -> Value {
        if let failure { throw failure }
        guard let value = value.take() else { preconditionFailure("a thread ended without a result") }
        return value
    }
}
