import Glibc
import Timing

/// The text that goes into `docs/`.
struct Report {
    private(set) var text: String

    init() {
        text = """
            # What moving interfaces costs

            Written by `sudo Benchmarks/interfaces`, in one run on one machine: \(Machine.description).
            Milliseconds are medians of whole processes, from their start to their end; ratios are medians of the ratios
            within each turn, in which all contenders run once, in another order each time. The C floor is a program that
            sends the kernel one request for each interface and does nothing else (`Benchmarks/Sources/MoveFloor`).

            ![milliseconds for each interface](interfaces.svg)

            """
    }

    /// A section of lines.
    mutating func add(_ title: String, _ lines: [String]) {
        text += "\n## \(title)\n\n" + lines.joined(separator: "\n") + "\n"
    }

    /// A section with the results of a race over a number of interfaces.
    mutating func add(_ title: String, _ race: Race, interfaces: Int) {
        let first = race.results[0].name
        let each = interfaces == 1 ? "ms" : "ms for each"
        var lines = [
            "| | attach, \(each) | × \(first) | detach, \(each) | × \(first) |", "|---|---:|---:|---:|---:|",
        ]
        for result in race.results {
            lines.append(
                "| \(result.name) | \(rounded(result.attach / Double(interfaces))) | \(rounded(result.attachRatio)) "
                    + "| \(rounded(result.detach / Double(interfaces))) | \(rounded(result.detachRatio)) |")
        }
        add(title, lines)
    }
}

/// The machine, by name.
enum Machine {
    static var description: String {
        var names = utsname()
        uname(&names)
        let release = withUnsafeBytes(of: names.release) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        return "\(sysconf(Int32(_SC_NPROCESSORS_ONLN))) × \(processor), Linux \(release)"
    }

    private static var processor: String {
        guard let file = fopen("/proc/cpuinfo", "r") else { return "processor" }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 4096)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("model name"), let colon = text.firstIndex(of: ":") else { continue }
            return String(text[text.index(colon, offsetBy: 2)...].dropLast())
        }
        return "processor"
    }
}
