internal import CLinux

/// The words with which this program was started, without its own name, which a caller may leave out or leave empty.
///
/// `CommandLine` reads them from `/proc/self/cmdline`, and ends the program, or has none, where `/proc` is not mounted.
public func programArguments() -> [String] {
    var words: [String] = []
    while let word = unsafe linux_argument(CInt(words.count + 1)) { words.append(unsafe String(cString: word)) }
    return words
}
