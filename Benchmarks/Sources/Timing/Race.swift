/// What contenders took for the same work, in turns.
package struct Race {
    /// One contender's medians.
    package struct Result {
        package let name: String
        package let attach: Double
        package let detach: Double
        /// The medians of the ratios to the first contender of each turn.
        package let attachRatio: Double
        package let detachRatio: Double
        package let peakKiB: Int
    }

    package let results: [Result]

    /// Lets all of them run in each turn, in another order each time. The ratios are to the first of the list.
    package init(_ contenders: [Contender], turns: Int) {
        var runs: [[(attach: Command.Cost, detach: Command.Cost)]] = contenders.map { _ in [] }
        for contender in contenders { _ = contender.run() }
        for _ in 0..<turns {
            for index in contenders.indices.shuffled() { runs[index].append(contenders[index].run()) }
        }
        let first = runs[0]
        results = zip(contenders, runs).map { contender, runs in
            Result(
                name: contender.name, attach: median(runs.map(\.attach.milliseconds)),
                detach: median(runs.map(\.detach.milliseconds)),
                attachRatio: median(zip(runs, first).map { $0.attach.milliseconds / $1.attach.milliseconds }),
                detachRatio: median(zip(runs, first).map { $0.detach.milliseconds / $1.detach.milliseconds }),
                peakKiB: runs.map(\.attach.peakKiB).max() ?? 0)
        }
    }

    package subscript(name: String) -> Result? { results.first { $0.name == name } }
}
