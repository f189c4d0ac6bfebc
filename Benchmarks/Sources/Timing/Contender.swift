/// Somebody who gives a container something, and takes it back.
package struct Contender {
    package let name: String
    /// Gives: the commands are made anew each time, before the clock runs.
    let attach: () -> [Command]
    /// Takes back.
    let detach: () -> [Command]

    package init(name: String, attach: @escaping () -> [Command], detach: @escaping () -> [Command]) {
        self.name = name
        self.attach = attach
        self.detach = detach
    }

    /// Both once.
    package func run() -> (attach: Command.Cost, detach: Command.Cost) {
        (Self.sum(attach()), Self.sum(detach()))
    }

    private static func sum(_ commands: [Command]) -> Command.Cost {
        let costs = commands.map { $0.run() }
        return Command.Cost(
            milliseconds: costs.map(\.milliseconds).reduce(0, +), peakKiB: costs.map(\.peakKiB).max() ?? 0)
    }
}
