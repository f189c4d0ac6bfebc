internal import ByteStrings
internal import CLinux

/// The words with which this program was started, without its own name, which a caller may leave out or leave empty: as
/// the texts that stand for their bytes, ``ByteString/text``.
///
/// `CommandLine` reads them from `/proc/self/cmdline`, and ends the program, or has none, where `/proc` is not mounted.
public func programArguments() -> [String] {
    var words: [[UInt8]] = []
    while let word = unsafe linux_argument(CInt(words.count + 1)) { words.append(unsafe bytes(word)) }
    return words.map { ByteString(bytes: $0).text }
}

/// The bytes before the NUL.
private func bytes(_ word: UnsafePointer<CChar>) -> [UInt8] {
    var bytes: [UInt8] = []
    var next = unsafe word
    while unsafe next.pointee != 0 {
        unsafe bytes.append(UInt8(bitPattern: next.pointee))
        unsafe next += 1
    }
    return bytes
}
