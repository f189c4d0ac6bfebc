/// The text that goes into `docs/`.
package struct Report {
    package private(set) var text: String

    /// A report that begins with a text.
    package init(_ text: String) {
        self.text = text
    }

    /// A section of lines.
    package mutating func add(_ title: String, _ lines: [String]) {
        text += "\n## \(title)\n\n" + lines.joined(separator: "\n") + "\n"
    }

    /// A section with the results of a race over a number of devices.
    package mutating func add(_ title: String, _ race: Race, devices: Int = 1) {
        let first = race.results[0].name
        let each = devices == 1 ? "ms" : "ms for each"
        var lines = [
            "| | attach, \(each) | × \(first) | detach, \(each) | × \(first) |", "|---|---:|---:|---:|---:|",
        ]
        for result in race.results {
            lines.append(
                "| \(result.name) | \(rounded(result.attach / Double(devices))) | \(rounded(result.attachRatio)) "
                    + "| \(rounded(result.detach / Double(devices))) | \(rounded(result.detachRatio)) |")
        }
        add(title, lines)
    }
}
