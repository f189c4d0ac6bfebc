/// Both readers' times with a document, taken in turns.
struct Comparison {
    /// The medians, in seconds.
    let libxml2: Double
    let model: Double
    /// The median of the ratios of each turn.
    let ratio: Double

    init(_ bytes: [UInt8], turns: Int) {
        var times: [(libxml2: Double, model: Double)] = []
        for _ in 0..<turns {
            times.append((seconds { Reader.libxml2.read(bytes) }, seconds { Reader.model.read(bytes) }))
        }
        libxml2 = median(times.map(\.libxml2))
        model = median(times.map(\.model))
        ratio = median(times.map { $0.model / $0.libxml2 })
    }
}

private func seconds(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds)
}

private func median(_ numbers: [Double]) -> Double {
    numbers.sorted()[numbers.count / 2]
}
