/// The figures, for people.
struct Report {
    let soak: Soak

    var text: String {
        let entries = soak.ledger.all
        let samples = soak.watch.samples
        let settings = soak.settings
        var lines = [
            "\(soak.ledger.elapsed) seconds, \(settings.containers) containers, \(soak.interfaces.count) interfaces, "
                + "\(soak.units.count) units, \(settings.workers) at a time, seed \(settings.seed)", "",
        ]
        lines += entries.runs.sorted { $0.key < $1.key }.map { verb, ends in
            let each = ends.sorted { $0.value > $1.value }.map { "\($0.key): \($0.value)" }.joined(separator: ", ")
            return "\(verb): \(ends.values.reduce(0, +)) (by exit status \(each))"
        }
        lines.append("")
        lines += entries.events.filter { $0.key != "the end" }.sorted { $0.key < $1.key }.map {
            "\($0.key): \($0.value)"
        }
        lines += ["", "refusals:"]
        lines += entries.refusals.sorted { $0.value > $1.value }.map { "  \($0.value) × \($0.key)" }
        if let last = samples.last, let first = samples.first {
            let largest = samples.map(\.kibibytes).max() ?? 0
            let slope = (samples.slope * 10).rounded() / 10
            lines += [
                "",
                "the watcher's memory: first \(first.kibibytes) KiB, largest \(largest), last \(last.kibibytes), in the second "
                    + "half \(slope) KiB a minute",
                "its descriptors: first \(first.descriptors), most \(samples.map(\.descriptors).max() ?? 0), last "
                    + "\(last.descriptors)",
            ]
        }
        lines += ["", entries.faults.isEmpty ? "nothing was wrong" : "WRONG, with --seed \(settings.seed):"]
        lines += entries.faults
        return lines.joined(separator: "\n") + "\n"
    }
}
