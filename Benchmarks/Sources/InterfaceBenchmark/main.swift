// Measures moving interfaces into a container and back, beside the programs that do parts of that, and writes a table
// and a plot. Has to be started as root in network and mount namespaces of its own: Benchmarks/interfaces does that.
//
// Usage: InterfaceBenchmark PROGRAM FLOOR FOLDER [QUICK]

import Glibc
import Timing

guard (4...5).contains(CommandLine.arguments.count) else {
    print("Usage: InterfaceBenchmark PROGRAM FLOOR FOLDER [QUICK]")
    exit(64)
}
let program = CommandLine.arguments[1]
let floor = CommandLine.arguments[2]
let folder = CommandLine.arguments[3]
let isQuick = CommandLine.arguments.count == 5

let host = Host()
defer { host.end() }
let service = Service(program: program)
defer { service.end() }
var report = Report(
    """
    # What moving interfaces costs

    Written by `sudo Benchmarks/interfaces`, in one run on one machine: \(Machine.description).
    Milliseconds are medians of whole processes, from their start to their end; ratios are medians of the ratios
    within each turn, in which all contenders run once, in another order each time. The C floor is a program that
    sends the kernel one request for each interface and does nothing else (`Benchmarks/Sources/MoveFloor`).

    ![milliseconds for each interface](interfaces.svg)

    """)
var groups: [Plot.Group] = []

/// Runs a race with interfaces made for it.
func race(_ count: Int, turns: Int, _ contenders: (Contenders) -> [Contender]) -> Race {
    print("\(count) interfaces, \(turns) turns")
    host.makeInterfaces("eth", count)
    defer { host.removeInterfaces("eth", count) }
    return Race(
        contenders(Contenders(host: host, program: program, floor: floor, interface: "eth", count: count)),
        turns: isQuick ? 3 : turns)
}

// One interface, beside everybody.
let lxc = LXCContainer(["lxc.autodev = 0"])
let one = race(1, turns: 60) {
    [
        $0.ip, $0.kernel(), $0.kernel(after: 2), $0.kernel(after: 4), $0.ipThrice, lxc?.contender("eth0", "lan0"),
        $0.cni,
        $0.hostdev, $0.hostdevAlone,
    ].compactMap { $0 }
}
lxc?.end()
report.add("One interface", one)
groups.append((name: "one interface", bars: one.results.map { ($0.name, $0.attach) }))

// Several in one document.
for (count, turns) in [(10, 15), (100, 5), (500, 2)] {
    let several = race(count, turns: turns) { [$0.kernel(), $0.ipBatch, $0.hostdev] }
    report.add("\(count) interfaces in one document", several, devices: count)
    groups.append(
        (name: "\(count) in one document, each", bars: several.results.map { ($0.name, $0.attach / Double(count)) }))
}

guard let hostdev = one["hostdev"] else { fatalError("hostdev did not run") }
report.add(
    "The program",
    [
        "| | |", "|---|---:|",
        "| detach, with restore, × its attach | \(rounded(hostdev.detach / hostdev.attach)) |",
        "| peak memory of an attach, MiB | \(mebibytes(hostdev.peakKiB)) |",
        "| peak memory of `watch`, with 500 attachments, MiB | \(mebibytes(service.peakKiB)) |",
    ])

// One interface on a host with many others.
let crowd = Crowd(host: host, sizes: [10, 2_000], turns: isQuick ? 3 : 40)
report.add("One interface on a host with others", crowd.lines(program: program))

report.add(
    "Start-up",
    startUp(
        [("ip -V", Command(["/usr/sbin/ip", "-V"])), ("hostdev --version", Command([program, "--version"]))],
        turns: isQuick ? 5 : 200))

write(Plot(title: "Milliseconds to attach", groups: groups).svg, to: "\(folder)/interfaces.svg")
write(report.text, to: "\(folder)/interfaces.md")
print(report.text)

func mebibytes(_ kibibytes: Int) -> String { rounded(Double(kibibytes) / 1024) }
