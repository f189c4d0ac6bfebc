// Reads what libFuzzer makes of the seeds, and checks what comes of it. The arguments are libFuzzer's.

import CLibFuzzer

var count = CommandLine.argc
var arguments = CommandLine.unsafeArgv
withUnsafeMutablePointer(to: &arguments) { arguments in
    arguments.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?.self, capacity: 1) {
        _ = LLVMFuzzerRunDriver(&count, $0) { start, count in
            checkReading(Array(UnsafeBufferPointer(start: start, count: count)))
            return 0
        }
    }
}
