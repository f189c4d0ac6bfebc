internal import SystemPackage

/// The command line of systemd-nspawn(1), from which the name of the machine follows.
struct NspawnArguments {
    /// The name: that of `--machine`, else that of the directory or image. Nil when none of them is given.
    let machine: String?

    /// The options whose value may be the next argument. All others have it after `=`.
    private static let long = [
        "machine", "directory", "image", "template", "user", "hostname", "uuid", "slice", "property", "bind", "bind-ro",
        "tmpfs", "setenv", "capability", "drop-capability", "network-interface", "network-namespace-path", "console",
    ]
    private static let short = Set("DuLMSZipE")
    private static let names: [Character: String] = ["M": "machine", "D": "directory", "i": "image"]

    init(_ arguments: [String]) {
        var values: [String: String] = [:]
        var rest = arguments.dropFirst()
        // The first argument that is no option begins the container's own command line.
        while let argument = rest.popFirst(), argument.hasPrefix("-"), argument != "--" {
            if argument.hasPrefix("--") {
                let parts = argument.dropFirst(2).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                let name = String(parts[0])
                if parts.count == 2 {
                    values[name] = String(parts[1])
                } else if Self.long.contains(name) {
                    values[name] = rest.popFirst()
                }
                continue
            }
            // Several letters in one argument: the rest is the value of the first that takes one.
            guard let index = argument.dropFirst().firstIndex(where: Self.short.contains) else { continue }
            let joined = argument[argument.index(after: index)...]
            let value = joined.isEmpty ? rest.popFirst() : String(joined)
            if let name = Self.names[argument[index]] { values[name] = value }
        }
        let source = values["directory"] ?? values["image"]
        let file = source.flatMap { FilePath($0).lastComponent?.string }
        machine = values["machine"] ?? file.map { $0.hasSuffix(".raw") ? String($0.dropLast(4)) : $0 }
    }
}
