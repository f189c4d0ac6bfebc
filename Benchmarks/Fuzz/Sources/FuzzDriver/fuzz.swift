import CLibFuzzer

/// What is done with each input: C's callback takes no context.
nonisolated(unsafe) private var check: ([UInt8]) -> Void = { _ in }

/// Feeds a check with what libFuzzer makes of the seeds. The program's arguments are libFuzzer's.
public func fuzz(_ body: @escaping ([UInt8]) -> Void) {
    check = body
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    withUnsafeMutablePointer(to: &arguments) { arguments in
        arguments.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) {
            _ = LLVMFuzzerRunDriver(&count, $0) { start, count in
                check(Array(UnsafeBufferPointer(start: start, count: count)))
                return 0
            }
        }
    }
}
