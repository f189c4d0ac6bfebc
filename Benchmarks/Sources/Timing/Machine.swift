import Glibc

/// The machine, by name.
package enum Machine {
    package static var description: String {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) × \(processor), Linux \(release)"
    }

    private static var processor: String {
        let line = text(of: "/proc/cpuinfo").split(separator: "\n").first { $0.hasPrefix("model name") }
        guard let line, let colon = line.firstIndex(of: ":") else { return "processor" }
        return String(line[line.index(colon, offsetBy: 2)...])
    }
}
